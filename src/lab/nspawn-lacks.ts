import { readFile } from 'node:fs/promises'
import type { Lack } from './backend.ts'
import { commonPrograms, imagePrograms, missingPrograms } from './missing-programs.ts'
import { runCommand } from './run-command.ts'

const programs = {
  ...commonPrograms,
  ...imagePrograms,
  ip: 'iproute2',
  mount: 'mount',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  'systemd-nspawn': 'systemd-container',
  unshare: 'util-linux',
}

/** What keeps this machine from booting hosts with systemd-nspawn. */
export async function nspawnLacks(): Promise<Lack[]> {
  // Everything else could only be found out, or mended, by root.
  if (process.getuid?.() !== 0) return [{ what: 'root', remedy: 'Run the command with sudo.' }]
  return (await Promise.all([missingPrograms(programs), overlayLack(), namespaceLack()])).flat()
}

async function overlayLack(): Promise<Lack[]> {
  if (/\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8'))) return []
  const what = "the kernel's overlay file system"
  const remedy = 'Load the kernel module "overlay", or use a machine whose kernel has it.'
  return runCommand(['modprobe', 'overlay']).then(
    () => [],
    () => [{ what, remedy }],
  )
}

function namespaceLack(): Promise<Lack[]> {
  const what = 'the right to make namespaces (mount, net, pid, ipc, uts)'
  const command = ['unshare', '--mount', '--net', '--pid', '--ipc', '--uts', '--fork', 'true']
  return runCommand(command).then(
    () => [],
    () => [{ what, remedy: 'Inside a container, start it privileged.' }],
  )
}
