import { join } from 'node:path'
import type { Boot, LabBackend } from './backend.ts'
import { makeGroups } from './cgroups.ts'
import { endNamespace } from './end-namespace.ts'
import { enterGroups } from './enter-groups.ts'
import { enterNamespaces } from './enter-namespaces.ts'
import { rootImages } from './image-kind.ts'
import { raiseInotifyLimit, restoreInotifyLimit } from './inotify-limit.ts'
import { memoryOf, removeGroups } from './lab-groups.ts'
import type { LabHost } from './lab-plan.ts'
import type { LabState } from './lab-state.ts'
import { buildLayeredRoot, diskFile, dropLayeredRoot } from './layered-root.ts'
import { makeNetwork, plugIn, pullOut, removeNetwork } from './network.ts'
import { nspawnLacks } from './nspawn-lacks.ts'
import { firstChild, treeOf } from './processes.ts'

/** systemd-nspawn's way to say that the host rebooted. */
const rebooted = 133

/** Hosts with a systemd of their own, for root. */
export const nspawnBackend: LabBackend = {
  name: 'nspawn',
  lacks: nspawnLacks,
  image: rootImages,
  user: () => 'admin',
  variables: () => ({}),
  prepare: async (plan) => {
    await raiseInotifyLimit(plan)
    await makeNetwork(plan)
  },
  keeper: async (plan, argv) =>
    enterGroups(await makeGroups(plan.id, 'keeper'), [
      ...['unshare', '--mount', '--propagation', 'slave', '--'],
      ...['nsenter', `--net=/run/netns/${plan.namespace}`, '--'],
      ...argv,
    ]),
  open: async () => undefined,
  packageAddress: (plan) => plan.gateway,
  build: (...call) => buildLayeredRoot(...call),
  drop: (_state, host) => dropLayeredRoot(host),
  plugIn: ({ plan }, host) => plugIn(plan, host),
  pullOut: (_state, host) => pullOut(host),
  boot,
  isReboot: (code) => code === rebooted,
  sshServer: (_state, host) => ({ address: host.address, port: 22 }),
  hasOwnNetwork: true,
  hasOwnClock: true,
  processes: async (_state, _host, pid) => treeOf((await firstChild(pid)) ?? pid),
  end: (_state, _host, pid) => endNamespace(pid),
  leader: async (pid) => (await firstChild(pid)) ?? pid,
  enter: (_state, _host, call) => enterNamespaces(call),
  memory: (plan, host) => memoryOf(plan.id, host.name),
  remove: async (plan) => {
    if (process.getuid?.() !== 0) return
    // Processes first: the hosts' mounts live in the keeper's namespace and end with it.
    await removeGroups(plan.id)
    await removeNetwork(plan.id)
    await restoreInotifyLimit(plan)
  },
}

async function boot({ plan }: LabState, host: LabHost): Promise<Boot> {
  const argv = enterGroups(await makeGroups(plan.id, host.name), [
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
    `--machine=${plan.id}-${host.name}`,
    `--hostname=${host.name}`,
    ...host.disks.map(({ name }) => `--bind=${diskFile(host, name)}:/dev/lab/${name}`),
    `--network-namespace-path=/run/netns/${host.namespace}`,
    '--capability=all',
    // The clock belongs to the whole machine: a host that set it would set everybody's.
    '--drop-capability=CAP_SYS_TIME',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=pipe',
  ])
  // The settings of the host's own network are its own; those of the whole machine stay read-only.
  return { argv, env: { SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' } }
}
