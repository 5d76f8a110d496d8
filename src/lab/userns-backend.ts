import { join } from 'node:path'
import type { Boot, LabBackend } from './backend.ts'
import { endNamespace } from './end-namespace.ts'
import { enterNamespaces } from './enter-namespaces.ts'
import { userImages } from './image-kind.ts'
import type { LabHost } from './lab-plan.ts'
import type { LabState } from './lab-state.ts'
import { buildLayeredRoot, diskFile, dropLayeredRoot } from './layered-root.ts'
import { makeOwnNetwork, plugIn, pullOut } from './network.ts'
import {
  endProcesses,
  firstChild,
  hostMark,
  labMark,
  markedProcesses,
  memoryOfProcesses,
  treeOf,
} from './processes.ts'
import { runCommand } from './run-command.ts'
import { usernsLacks } from './userns-lacks.ts'

/**
 * Hosts in a user namespace, for everybody: their root is this machine's user, their other users are numbers that
 * /etc/subuid sets aside. Their first process is SysV's init, since systemd would want cgroups.
 */
export const usernsBackend: LabBackend = {
  name: 'userns',
  lacks: usernsLacks,
  image: userImages,
  user: () => 'admin',
  variables: () => ({}),
  prepare: async () => undefined,
  keeper: async (_plan, argv) => [
    ...['unshare', '--user', '--map-auto', '--map-root-user', '--mount', '--net', '--'],
    ...argv,
  ],
  open: async ({ plan }) => {
    // Where ip keeps the names of network namespaces, which on the machine is root's.
    await runCommand(['mount', '-t', 'tmpfs', 'tmpfs', '/run'])
    await makeOwnNetwork(plan)
  },
  packageAddress: (plan) => plan.gateway,
  build: (state, host, given) => buildLayeredRoot(state, host, given, ['userxattr']),
  drop: (_state, host) => dropLayeredRoot(host),
  plugIn: ({ plan }, host) => plugIn(plan, host),
  pullOut: (_state, host) => pullOut(host),
  boot,
  // What reboot(2) in a process namespace ends its first process with. See pid_namespaces(7).
  isReboot: (code) => code === 'SIGHUP',
  hasOwnNetwork: true,
  hasOwnClock: true,
  processes: async (_state, _host, pid) => treeOf((await firstChild(pid)) ?? pid),
  end: (_state, _host, pid) => endNamespace(pid),
  leader: async (pid) => (await firstChild(pid)) ?? pid,
  sshServer: (_state, host) => ({ address: host.address, port: 22 }),
  enter: (_state, _host, call) => enterNamespaces(call, ['--user']),
  memory: async (_plan, _host, pid) => memoryOfProcesses(await treeOf(pid)),
  remove: (plan) => endProcesses(() => markedProcesses(plan.id), plan.id),
}

async function boot({ plan }: LabState, host: LabHost): Promise<Boot> {
  const disks = host.disks.map(({ name }) => diskFile(host, name))
  const argv = [
    // The hosts end with the keeper; nothing is left when it is killed.
    ...['setpriv', '--pdeathsig', 'KILL'],
    ...['nsenter', `--net=/run/netns/${host.namespace}`],
    ...['unshare', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child'],
    ...['sh', '-euc', bootScript, 'boot', join(host.directory, 'root'), host.name, ...disks],
  ]
  return { argv, env: { [labMark]: plan.id, [hostMark]: host.name } }
}

/**
 * Gives the host the file systems that a kernel or an early boot would, makes its root the only one, and becomes
 * its init. Devices are those of the machine, which a user may use and not make.
 */
const bootScript = `
root=$1
hostname "$2"
shift 2
cd "$root"
mount -t proc proc proc
# Files have lost their capabilities on the way through an archive: let ping do without.
echo '0 65535' >proc/sys/net/ipv4/ping_group_range
mount -t sysfs sysfs sys || mount --rbind /sys sys
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm dev/lab
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
for disk in "$@"; do
  : >"dev/lab/\${disk##*/}"
  mount --bind "$disk" "dev/lab/\${disk##*/}"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mkdir run/lock run/sshd
pivot_root . .
umount -l .
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=tsplay /sbin/init
`
