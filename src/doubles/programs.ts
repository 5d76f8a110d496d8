/** The programs that each family of doubles stands in for. `catalogue.ts` holds them; this much the lab knows. */
export const doublePrograms = {
  acme: ['acme', 'acme-api'],
  containerd: ['containerd', 'ctr'],
  kubectl: ['kubectl'],
  kubernetes: ['crictl', 'kube-apiserver', 'kubeadm', 'kubelet', 'kube-pods'],
  mail: ['mailq', 'sendmail'],
  network: ['ifreload', 'ifup', 'ifdown', 'ifquery'],
  proxmox: [
    'pvesh',
    'qm',
    'pvesm',
    'pveum',
    'pveversion',
    'vzdump',
    'qmrestore',
    'vma',
    'proxmox-backup-manager',
  ],
  route53: ['route53', 'route53-api', 'route53-dns'],
  systemd: ['systemctl', 'systemd-tmpfiles'],
  zfs: ['zfs', 'zpool'],
  lvm: [
    ...(['pvs', 'vgs', 'lvs', 'pvcreate', 'pvremove', 'pvresize', 'pvscan'] as const),
    ...(['vgcreate', 'vgextend', 'vgreduce', 'vgremove', 'vgchange', 'vgscan'] as const),
    ...(['lvcreate', 'lvextend', 'lvreduce', 'lvresize', 'lvremove', 'lvrename', 'lvchange'] as const),
  ],
} as const

/** Programs by the name of a family, or of one program; undefined for a name that is neither. */
export function programsOf(name: string): readonly string[] | undefined {
  const families: Readonly<Record<string, readonly string[]>> = doublePrograms
  const family = Object.hasOwn(families, name) ? families[name] : undefined
  const all: readonly string[] = Object.values(families).flat()
  return family ?? (all.includes(name) ? [name] : undefined)
}

/** All that a lab may name: families, and programs of their own. */
export const doubleNames: readonly string[] = [
  ...new Set([...Object.keys(doublePrograms), ...Object.values(doublePrograms).flat()]),
]
