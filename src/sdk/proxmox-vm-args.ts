import { type Static, t } from './args.ts'

const slot = { description: 'By its slot: `scsi0`.' }

const disk = t.Object(
  {
    storage: t.String({ description: 'The storage it is made on.' }),
    size: t.Optional(
      t.String({
        description: 'Its size: `40G`. It can grow, not shrink.',
        pattern: '^\\d+(\\.\\d+)?[MGT]$',
      }),
    ),
    import_from: t.Optional(
      t.String({
        description: 'An image to start from: a path on the host, or `local:import/debian-13.qcow2`.',
      }),
    ),
    options: t.Optional(
      t.Map(t.Scalar({ description: 'Its value.' }), {
        description: '`{ discard: on, ssd: 1, iothread: 1 }`.',
      }),
    ),
  },
  { description: 'A disk.' },
)

const network = t.Object(
  {
    model: t.Optional(t.String({ description: 'What the guest sees.', default: 'virtio' })),
    bridge: t.String({ description: 'The bridge it is on.' }),
    options: t.Optional(
      t.Map(t.Scalar({ description: 'Its value.' }), {
        description: '`{ firewall: 1, tag: 20, link_down: 1 }`.',
      }),
    ),
    mac: t.Optional(t.String({ description: 'Its address. Default: Proxmox makes one up, and it stays.' })),
  },
  { description: 'A network card.' },
)

const cloudInit = t.Object(
  {
    storage: t.Optional(t.String({ description: 'Where its drive is made; needed once.' })),
    slot: t.Optional(t.String({ description: 'The slot of its drive.', default: 'ide2' })),
    user: t.Optional(t.String({ description: 'The user it makes.' })),
    password: t.Optional(
      t.Secret({
        description:
          'Password of the user, handed over as a hash. It is set when there is none; Proxmox does not show it again.',
      }),
    ),
    ssh_keys: t.Optional(t.Strings({ description: 'Public keys of the user.' })),
    ip: t.Optional(
      t.Strings({ description: 'Of each network card: `ip=10.10.0.103/24,gw=10.10.0.1`, or `ip=dhcp`.' }),
    ),
    nameservers: t.Optional(t.Strings({ description: 'Servers of names.' })),
    search_domain: t.Optional(t.String({ description: 'Domain that names are looked up in.' })),
    upgrade: t.Optional(t.Boolean({ description: 'Whether packages are upgraded at the first start.' })),
  },
  { description: 'What the guest sets up by itself at its first start.' },
)

export const proxmoxVmArgs = t.Args({
  vmid: t.Integer({ description: 'The number of the machine.', minimum: 100, maximum: 999_999_999 }),
  name: t.Optional(
    t.String({
      description: 'Its name, a host name.',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$',
    }),
  ),
  state: t.Optional(
    t.Choice(['present', 'started', 'stopped', 'template', 'absent'], {
      description:
        '`present` leaves a machine running or stopped as it is; `stopped` shuts it down; `absent` destroys it with its disks, and needs `allow_destroy`.',
      default: 'present',
    }),
  ),
  clone: t.Optional(
    t.Object(
      {
        from: t.Integer({
          description: 'The number of the machine or template to copy, when this one is missing.',
        }),
        full: t.Optional(
          t.Boolean({
            description: 'Copy the disks. Else they depend on those of the template for ever.',
            default: true,
          }),
        ),
        storage: t.Optional(t.String({ description: 'Where the copies go.' })),
      },
      { description: 'What to make it of. Without it a machine is made from nothing.' },
    ),
  ),
  memory: t.Optional(t.Integer({ description: 'MiB of memory.', minimum: 16 })),
  balloon: t.Optional(
    t.Integer({ description: 'The least that ballooning leaves, in MiB; 0 turns it off.' }),
  ),
  cores: t.Optional(t.Integer({ description: 'Cores of each socket.', minimum: 1 })),
  sockets: t.Optional(t.Integer({ description: 'Sockets.', minimum: 1 })),
  cpu: t.Optional(t.String({ description: 'The type of processor: `host`, `x86-64-v2-AES`.' })),
  agent: t.Optional(t.Boolean({ description: "Whether the guest runs QEMU's agent." })),
  onboot: t.Optional(t.Boolean({ description: 'Whether it starts with the host.' })),
  protection: t.Optional(t.Boolean({ description: 'Let Proxmox refuse to remove it or its disks.' })),
  description: t.Optional(t.String({ description: 'Notes.' })),
  tags: t.Optional(t.Strings({ description: 'Tags.' })),
  boot_order: t.Optional(t.Strings({ description: 'What it boots from: `[scsi0, net0]`.' })),
  disks: t.Optional(t.Map(disk, { description: `Disks. ${slot.description}` })),
  networks: t.Optional(t.List(network, { description: 'Network cards: `net0` and on.' })),
  cloud_init: t.Optional(cloudInit),
  options: t.Optional(
    t.Map(t.Scalar({ description: 'Its value.' }), {
      description:
        'Further settings as qm(1) has them: `{ ostype: l26, scsihw: virtio-scsi-single, serial0: socket }`.',
    }),
  ),
  on_pending: t.Optional(
    t.Choice(['report', 'reboot'], {
      description: 'What to do about settings that wait for the next start of a running machine.',
      default: 'report',
    }),
  ),
  shutdown_timeout: t.Optional(
    t.Integer({ description: 'Seconds that a guest is given to shut down.', default: 120, minimum: 1 }),
  ),
  allow_destroy: t.Optional(
    t.Boolean({
      description: 'Allow `state: absent` to destroy the machine with its disks.',
      default: false,
    }),
  ),
})

export type ProxmoxVmArgs = Static<typeof proxmoxVmArgs>
