import { access, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { removeGroups } from './lab-groups.ts'
import { withLabLock } from './lab-lock.ts'
import type { LabPlan } from './lab-plan.ts'
import { readState } from './lab-state.ts'
import { removeNetwork } from './network.ts'
import { requireRoot } from './requirements.ts'
import { runCommand } from './run-command.ts'

/** Removes a lab with all it left on this machine, whatever state it is in; silent when there is none. */
export async function takeDown(plan: LabPlan): Promise<void> {
  requireRoot()
  await withLabLock(plan.state, async () => {
    await removeLab(plan)
    await rm(plan.folder, { recursive: true, force: true })
  })
}

/**
 * The steps of `takeDown`, for those who hold the lock. They go by names alone and need no state, so a lab
 * whose `up` was killed halfway is removed as well.
 */
export async function removeLab(plan: LabPlan): Promise<void> {
  // Processes first: the hosts' mounts live in the keeper's namespace and end with it.
  await removeGroups(plan.id)
  await removeNetwork(plan.id)
  await unmountBelow(plan.state)
  await rm(plan.state, { recursive: true, force: true })
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
