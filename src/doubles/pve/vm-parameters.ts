import { flag, integer, oneOf, type Parameters, text } from './parameters.ts'

const name = {
  ...text,
  pattern: /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
}

/** What a machine can be told: qm.conf(5), qemu-server PVE/QemuServer.pm `$confdesc`. */
export const vmParameters: Parameters = {
  name,
  ...{ memory: integer(16), cores: integer(1), sockets: integer(1), vcpus: integer(1), balloon: integer(0) },
  ...{
    shares: integer(0, 50_000),
    cpuunits: integer(1, 262_144),
    cpulimit: { type: 'number', minimum: 0, maximum: 128 },
  },
  ...{
    onboot: flag,
    protection: flag,
    tablet: flag,
    numa: flag,
    kvm: flag,
    acpi: flag,
    template: flag,
    freeze: flag,
  },
  ...{ reboot: flag, autostart: flag, ciupgrade: flag, localtime: flag },
  bios: oneOf('seabios', 'ovmf'),
  scsihw: oneOf('lsi', 'lsi53c810', 'virtio-scsi-pci', 'virtio-scsi-single', 'megasas', 'pvscsi'),
  ostype: oneOf(
    'other',
    'wxp',
    'w2k',
    'w2k3',
    'w2k8',
    'wvista',
    'win7',
    'win8',
    'win10',
    'win11',
    'l24',
    'l26',
    'solaris',
  ),
  lock: oneOf(
    'backup',
    'clone',
    'create',
    'migrate',
    'rollback',
    'snapshot',
    'snapshot-delete',
    'suspending',
    'suspended',
  ),
  citype: oneOf('configdrive2', 'nocloud', 'opennebula'),
  ...{
    description: { ...text, maxLength: 8192 },
    tags: text,
    machine: text,
    cpu: text,
    vga: text,
    boot: text,
    bootdisk: text,
  },
  ...{
    args: text,
    hookscript: text,
    hotplug: text,
    startup: text,
    smbios1: text,
    vmgenid: text,
    ciuser: text,
  },
  ...{
    cipassword: text,
    nameserver: text,
    searchdomain: text,
    sshkeys: text,
    cicustom: text,
    agent: text,
    rng0: text,
  },
  ...{
    efidisk0: text,
    tpmstate0: text,
    affinity: text,
    watchdog: text,
    keyboard: text,
    arch: text,
    startdate: text,
  },
  ...{
    'net[n]': text,
    'scsi[n]': text,
    'virtio[n]': text,
    'sata[n]': text,
    'ide[n]': text,
    'ipconfig[n]': text,
  },
  ...{
    'serial[n]': text,
    'usb[n]': text,
    'hostpci[n]': text,
    'parallel[n]': text,
    'numa[n]': text,
    'unused[n]': text,
  },
}

export const isDisk = (key: string): boolean => /^(scsi|virtio|sata|ide)\d+$|^(efidisk|tpmstate)0$/.test(key)
export const isNetwork = (key: string): boolean => /^net\d+$/.test(key)

/** Takes effect at once on a machine that runs; the rest waits for its next start. `$fast_plug_option`, `hotplug`. */
export const appliesAtOnce = (key: string): boolean =>
  isDisk(key) ||
  isNetwork(key) ||
  /^(name|description|tags|onboot|startup|protection|hotplug|shares|hookscript|lock)$|^unused\d+$/.test(key)
