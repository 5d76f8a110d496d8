/**
 * What a program's package brings besides the program. Only the unit of kubelet so far
 * (kubernetes/release, cmd/krel/templates/latest/kubelet/kubelet.service).
 */
export const packageFiles: Readonly<Record<string, readonly PackageFile[]>> = {
  kubelet: [
    {
      path: 'usr/lib/systemd/system/kubelet.service',
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

export interface PackageFile {
  /** Below the host's root, without a slash at its beginning. */
  readonly path: string
  readonly text: string
}
