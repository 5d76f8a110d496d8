import type { Double } from './double.ts'
import { doublePrograms } from './programs.ts'

type Family = keyof typeof doublePrograms

/** A call loads its own family alone: that is most of what it costs. */
const families: Readonly<Record<Family, () => Promise<readonly Double[]>>> = {
  acme: async () => (await import('./acme/acme-doubles.ts')).acmeDoubles,
  containerd: async () => (await import('./containerd/containerd.ts')).containerdDoubles,
  kubectl: async () => (await import('./kubectl/kubectl.ts')).kubectlDoubles,
  kubernetes: async () => (await import('./kubernetes/kubernetes-doubles.ts')).kubernetesDoubles,
  lvm: async () => (await import('./lvm/lvm.ts')).lvm,
  mail: async () => (await import('./mailq.ts')).mailDoubles,
  network: async () => (await import('./network/ifupdown.ts')).ifupdown,
  proxmox: async () => (await import('./pve/pve-doubles.ts')).pveDoubles,
  route53: async () => (await import('./route53/route53-doubles.ts')).route53Doubles,
  systemd: async () => (await import('./systemd/systemctl.ts')).systemdDoubles,
  zfs: async () => (await import('./zfs/zfs-doubles.ts')).zfsDoubles,
}

/** The double that stands in for a program. */
export async function findDouble(program: string): Promise<Double | undefined> {
  const isOf = (family: string): family is Family => Object.hasOwn(families, family)
  const family = Object.entries<readonly string[]>(doublePrograms).find(([, programs]) =>
    programs.includes(program),
  )?.[0]
  if (family === undefined || !isOf(family)) return undefined
  return (await families[family]()).find(({ name }) => name === program)
}

export async function allDoubles(): Promise<readonly Double[]> {
  return (await Promise.all(Object.values(families).map((load) => load()))).flat()
}
