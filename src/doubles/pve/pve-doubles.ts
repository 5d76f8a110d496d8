import type { Double } from '../double.ts'
import { qmrestore, vzdump } from './backup-programs.ts'
import { proxmoxBackupManager } from './proxmox-backup-manager.ts'
import { pvesh } from './pvesh.ts'
import { pvesm } from './pvesm.ts'
import { pveum } from './pveum.ts'
import { pveversion } from './pveversion.ts'
import { qm } from './qm.ts'
import { vma } from './vma-program.ts'

export const pveDoubles: readonly Double[] = [
  pvesh,
  qm,
  pvesm,
  pveum,
  pveversion,
  vzdump,
  qmrestore,
  vma,
  proxmoxBackupManager,
]
