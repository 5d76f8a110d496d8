const units = 'usr/lib/systemd/system'

/** A service that runs from its host's first boot on. */
const serviceFiles = (program: string, description: string): readonly PackageFile[] => [
  {
    path: `${units}/${program}.service`,
    text: `[Unit]
Description=${description}

[Service]
ExecStart=/usr/local/sbin/${program}
Restart=always

[Install]
WantedBy=multi-user.target
`,
  },
  // As `systemctl enable` makes it.
  {
    path: `etc/systemd/system/multi-user.target.wants/${program}.service`,
    linkTo: `/${units}/${program}.service`,
  },
]

/**
 * What a program's package brings besides the program: the unit of kubelet
 * (kubernetes/release, cmd/krel/templates/latest/kubelet/kubelet.service), and the folder of Proxmox's storage "local", with
 * an image to make templates from.
 */
export const packageFiles: Readonly<Record<string, readonly PackageFile[]>> = {
  pvesm: [{ path: 'var/lib/vz/import/lab.qcow2', text: 'No image, but the double of qm asks for none.\n' }],
  'acme-api': serviceFiles('acme-api', 'A directory of ACME'),
  'route53-api': serviceFiles('route53-api', 'Route 53, for SDKs'),
  'route53-dns': serviceFiles('route53-dns', 'Route 53, for resolvers'),
  // Its own unit says Type=notify, which a double cannot: Node.js has no datagram sockets of Unix.
  containerd: serviceFiles('containerd', 'containerd container runtime'),
  kubelet: [
    {
      path: `${units}/kubelet.service`,
      text: `[Unit]
Description=kubelet: The Kubernetes Node Agent
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/local/sbin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=1
# The API server's double is a child; the real one is a container, and outlives its kubelet.
KillMode=process

[Install]
WantedBy=multi-user.target
`,
    },
  ],
}

export type PackageFile = {
  /** Below the host's root, without a slash at its beginning. */
  readonly path: string
} & ({ readonly text: string } | { readonly linkTo: string })
