import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { makeGroups } from './cgroups.ts'
import { enterGroups } from './enter-groups.ts'
import type { LabHost } from './lab-plan.ts'
import { type HostRuntime, identify } from './lab-state.ts'
import { runCommand } from './run-command.ts'

export interface Supervised {
  readonly lab: string
  readonly host: LabHost
  readonly imageRoot: string
}

/** systemd-nspawn's way to say that the host rebooted. */
const rebooted = 133

/**
 * Mounts a host's file system and boots it, again after each reboot, until it is switched off.
 * `changed` is told of each start and of the end.
 */
export async function superviseHost(
  { lab, host, imageRoot }: Supervised,
  changed: (runtime: HostRuntime) => Promise<void>,
): Promise<void> {
  await mountRoot(host, imageRoot)
  const groups = await makeGroups(lab, host.name)
  const log = await open(join(host.directory, 'console.log'), 'a')
  for (let starts = 1; ; starts++) {
    const { child, exit } = boot(lab, host, { groups, log })
    const startedAt = Date.now()
    const process = child.pid === undefined ? undefined : await identify(child.pid)
    await changed({ startedAt, starts, ...(process && { process }) })
    const code = await exit
    if (code === rebooted) continue
    await changed({ startedAt, starts, ended: `systemd-nspawn ended with ${code}` })
    return log.close()
  }
}

async function mountRoot(host: LabHost, imageRoot: string): Promise<void> {
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(host.directory, name))
  for (const folder of [work, root]) await mkdir(folder ?? '', { recursive: true })
  const options = `lowerdir=${imageRoot},upperdir=${upper},workdir=${work}`
  await runCommand(['mount', '-t', 'overlay', 'overlay', '-o', options, root ?? ''])
}

function boot(
  lab: string,
  host: LabHost,
  { groups, log }: { readonly groups: readonly string[]; readonly log: FileHandle },
) {
  const argv = enterGroups(groups, [
    // The hosts end with the keeper; nothing is left when it is killed.
    'setpriv',
    '--pdeathsig',
    'KILL',
    'systemd-nspawn',
    '--quiet',
    '--register=no',
    '--keep-unit',
    '--boot',
    `--directory=${join(host.directory, 'root')}`,
    `--machine=${lab}-${host.name}`,
    `--hostname=${host.name}`,
    `--network-namespace-path=/run/netns/${host.namespace}`,
    '--capability=all',
    // The clock belongs to the whole machine: a host that set it would set everybody's.
    '--drop-capability=CAP_SYS_TIME',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=pipe',
  ])
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    stdio: ['ignore', log.fd, log.fd],
    // The settings of the host's own network are its own; those of the whole machine stay read-only.
    env: { PATH: process.env['PATH'], SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
  })
  const exit = once(child, 'exit').then(([code, signal]) => code ?? signal)
  return { child, exit }
}
