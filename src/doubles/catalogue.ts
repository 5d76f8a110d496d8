import type { Double } from './double.ts'
import { kubernetesDoubles } from './kubernetes/kubernetes-doubles.ts'
import { lvm } from './lvm/lvm.ts'
import { mailq, sendmail } from './mailq.ts'
import { ifupdown } from './network/ifupdown.ts'
import { qmrestore, vzdump } from './pve/backup-programs.ts'
import { pvesh } from './pve/pvesh.ts'
import { pvesm } from './pve/pvesm.ts'
import { pveum } from './pve/pveum.ts'
import { pveversion } from './pve/pveversion.ts'
import { qm } from './pve/qm.ts'
import { zfs } from './zfs/zfs.ts'
import { zpool } from './zfs/zpool.ts'

const all: readonly Double[] = [
  mailq,
  sendmail,
  zfs,
  zpool,
  ...lvm,
  ...ifupdown,
  pvesh,
  qm,
  pvesm,
  pveum,
  pveversion,
  vzdump,
  qmrestore,
]

/** Every double by the program it stands in for. */
export const doubles: ReadonlyMap<string, Double> = new Map(
  [...kubernetesDoubles, ...all].map((double) => [double.name, double]),
)
