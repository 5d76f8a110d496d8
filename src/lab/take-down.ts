import { access, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { backends } from './backends.ts'
import { withLabLock } from './lab-lock.ts'
import { type LabPlan, rootStateRoot } from './lab-plan.ts'
import { readState } from './lab-state.ts'
import { removeFiles } from './remove-files.ts'
import { runCommand } from './run-command.ts'

/** Removes a lab with all it left on this machine, whatever state it is in; silent when there is none. */
export async function takeDown(plan: LabPlan): Promise<void> {
  requireOwner(plan)
  await withLabLock(plan.state, async () => {
    await removeLab(plan)
    await rm(plan.folder, { recursive: true, force: true })
  })
}

/** Hosts of root are root's to end. */
function requireOwner(plan: LabPlan): void {
  if (process.getuid?.() === 0 || !plan.state.startsWith(rootStateRoot)) return
  throw new HostError('refused', `The lab "${plan.spec.name}" belongs to root.`, {
    remedy: 'Run the command with sudo.',
  })
}

/**
 * The steps of `takeDown`, for those who hold the lock. They go by names alone and need no state, so a lab
 * whose `up` was killed halfway is removed as well.
 */
export async function removeLab(plan: LabPlan): Promise<void> {
  // All of them: when `up` was killed early, nothing says which it was.
  for (const backend of backends) await backend.remove(plan)
  await unmountBelow(plan.state)
  await removeFiles(plan.state)
}

/** Removes labs whose project is gone: nobody can name them any more. */
export async function removeOrphans(stateRoot: string): Promise<void> {
  const folders = await readdir(stateRoot, { withFileTypes: true }).catch(() => [])
  for (const folder of folders.filter((entry) => entry.isDirectory())) {
    const plan = (await readState(join(stateRoot, folder.name)))?.plan
    const isOrphan = plan !== undefined && !(await exists(plan.project))
    if (isOrphan) await withLabLock(plan.state, () => removeLab(plan))
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Mounts made by hand to look into a host's files; removing files must never reach through one. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
  const below = mounts.filter((mount) => mount.startsWith(`${folder}/`)).sort()
  for (const mount of below.reverse()) await runCommand(['umount', '--lazy', mount])
}
