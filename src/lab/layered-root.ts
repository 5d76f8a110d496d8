import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostGiven } from './backend.ts'
import { writeHostFiles } from './host-files.ts'
import { identityFiles } from './identity-files.ts'
import type { LabHost } from './lab-plan.ts'
import type { LabState } from './lab-state.ts'
import { runCommand } from './run-command.ts'

/** Makes a host's own layer and mounts it over those it shares, at `root` in the host's folder. */
export async function buildLayeredRoot(state: LabState, host: LabHost, given: HostGiven): Promise<void> {
  const lowers = state.lowers[host.name] ?? []
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(host.directory, name))
  const [shadow, index] = await Promise.all([
    readFirst(lowers, 'etc/shadow'),
    readFile(join(state.packages[host.suite] ?? '', 'Packages'), 'utf8'),
  ])
  const identity = identityFiles(state.plan, host, { access: given.access, shadow, index })
  await writeHostFiles({ upper: upper ?? '', lowers }, [...identity, ...given.files])
  for (const folder of [work, root]) await mkdir(folder ?? '', { recursive: true })
  const options = `lowerdir=${lowers.join(':')},upperdir=${upper},workdir=${work}`
  await runCommand(['mount', '-t', 'overlay', 'overlay', '-o', options, root ?? ''])
}

/** Unmounts a host's file system and forgets what the host wrote. */
export async function dropLayeredRoot(host: LabHost): Promise<void> {
  await runCommand(['umount', '--lazy', join(host.directory, 'root')])
  for (const name of ['upper', 'work']) await rm(join(host.directory, name), { recursive: true, force: true })
}

async function readFirst(lowers: readonly string[], path: string): Promise<string> {
  for (const lower of lowers) {
    const text = await readFile(join(lower, path), 'utf8').catch((error: NodeJS.ErrnoException) => error)
    if (typeof text === 'string') return text
    if (text.code !== 'ENOENT') throw text
  }
  throw new Error(`No layer has ${path}.`)
}
