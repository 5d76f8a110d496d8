import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Boot, HostGiven, LabBackend } from './backend.ts'
import { writeHostFiles } from './host-files.ts'
import type { LabHost, LabPlan } from './lab-plan.ts'
import type { Endpoint, LabState } from './lab-state.ts'
import { diskFile, makeDisks } from './layered-root.ts'
import { commonPrograms, findProgram, missingPrograms } from './missing-programs.ts'
import { endProcesses, hostMark, labMark, markedProcesses, memoryOfProcesses, treeOf } from './processes.ts'
import { removeFiles } from './remove-files.ts'
import { sshdConfig } from './sshd-config.ts'

/** A host is a folder here: its `HOME`, where its commands start, and the root of the files it is given. */
const rootOf = (host: LabHost): string => join(host.directory, 'root')

/**
 * Hosts without a system of their own, for everybody: an SSH server each, on this machine's loopback, that lets in
 * the user who runs it. What they share with this machine, they can break.
 */
export const sshdBackend: LabBackend = {
  name: 'sshd',
  lacks: () => missingPrograms({ ...commonPrograms, sshd: 'openssh-server', setpriv: 'util-linux' }),
  user: () => userInfo().username,
  // Hosts have no network of their own: each is where this machine finds it.
  variables: (host, { address }) => ({ lab_root: rootOf(host), lab_address: address, become: false }),
  prepare: async () => undefined,
  keeper: async (_plan, argv) => argv,
  open: async () => undefined,
  packageAddress: () => undefined,
  build,
  drop: async (_state, host) => {
    for (const name of ['root', 'disks']) await removeFiles(join(host.directory, name))
  },
  plugIn: async () => undefined,
  pullOut: async () => undefined,
  boot,
  isReboot: () => false,
  hasOwnNetwork: false,
  hasOwnClock: false,
  processes,
  end: (state, host, pid) => endProcesses(() => processes(state, host, pid), host.name),
  sshServer: ownEndpoint,
  leader: async (pid) => pid,
  enter: async (state, host, { argv }) => [
    'env',
    '-C',
    rootOf(host),
    ...environment(state.plan, host),
    ...argv,
  ],
  memory: async (_plan, _host, pid) => memoryOfProcesses(await treeOf(pid)),
  remove: (plan) => endProcesses(() => markedProcesses(plan.id), plan.id),
}

/** Those of sessions, too, which outlive the server that started them. */
async function processes({ plan }: LabState, host: LabHost, pid: number): Promise<number[]> {
  const found = [...(await treeOf(pid)), ...(await markedProcesses(plan.id, host.name))]
  return [...new Set(found)].filter(isThere)
}

async function build(state: LabState, host: LabHost, { access, files }: HostGiven): Promise<void> {
  const folder = host.directory
  await mkdir(join(rootOf(host), 'usr/local/bin'), { recursive: true })
  await writeHostFiles({ upper: rootOf(host), lowers: [] }, files)
  await makeDisks(host)
  const key = access.hostKeys[host.name]?.privateKey ?? ''
  const session = join(folder, 'session')
  await writeFile(join(folder, 'host_key'), key, { mode: 0o600 })
  await writeFile(join(folder, 'authorized_keys'), access.authorizedKey, { mode: 0o600 })
  await writeFile(session, sessionScript, { mode: 0o700 })
  const config = sshdConfig({
    endpoint: ownEndpoint(state, host),
    folder,
    environment: environment(state.plan, host),
  })
  await writeFile(join(folder, 'sshd_config'), config, { mode: 0o600 })
  // Root's sshd wants the folder it is confined to before login. See sshd(8).
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true })
}

/** sshd would start in the home folder that /etc/passwd names. */
const sessionScript = `#!/bin/sh
cd "$HOME" || exit 1
[ -n "$SSH_ORIGINAL_COMMAND" ] || exec "\${SHELL:-/bin/sh}" -i
exec "\${SHELL:-/bin/sh}" -c "$SSH_ORIGINAL_COMMAND"
`

/** What tells a host's processes from those of other hosts, and where they find what the host was given. */
function environment(plan: LabPlan, host: LabHost): string[] {
  const root = rootOf(host)
  const own = ['usr/local/sbin', 'usr/local/bin'].map((folder) => join(root, folder))
  return [
    `${labMark}=${plan.id}`,
    `${hostMark}=${host.name}`,
    `LAB_ROOT=${root}`,
    ...(host.disks.length > 0 ? [`LAB_DISKS=${diskFile(host, '')}`] : []),
    `HOME=${root}`,
    `PATH=${[...own, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(delimiter)}`,
  ]
}

async function boot(state: LabState, host: LabHost): Promise<Boot> {
  // sshd has to be started by its absolute path, since it starts itself again for each connection.
  const sshd = await findProgram('sshd')
  const argv = ['setpriv', '--pdeathsig', 'KILL', sshd, '-D', '-e', '-f', join(host.directory, 'sshd_config')]
  return { argv, env: { [labMark]: state.plan.id, [hostMark]: host.name } }
}

/** Behind the relay, which has the port before it. */
function ownEndpoint(state: LabState, host: LabHost): Endpoint {
  const { address = '', port = 0 } = state.endpoints[host.name] ?? {}
  return { address, port: port + 1 }
}

const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`)
