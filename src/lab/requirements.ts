import { access, constants, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import type { LabReport } from './lab-report.ts'
import { runCommand } from './run-command.ts'

/** What a lab runs on this machine, with the Debian package that brings it. */
const programs: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  ip: 'iproute2',
  mmdebstrap: 'mmdebstrap',
  mount: 'mount',
  nsenter: 'util-linux',
  openssl: 'openssl',
  setpriv: 'util-linux',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  'systemd-nspawn': 'systemd-container',
  unshare: 'util-linux',
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Makes sure that this machine can hold a lab: it is root, the kernel has overlays and namespaces, and the
 * programs are there. Missing Debian packages are installed; anything else that is missing is named.
 */
export async function requireLab(report: LabReport, signal?: AbortSignal): Promise<void> {
  requireRoot()
  // Services and empty environments lack the sbin folders.
  process.env['PATH'] = [process.env['PATH'], searchPath].filter(Boolean).join(':')
  const missing = await missingPrograms()
  if (missing.length > 0) await installPrograms(missing, report, signal)
  await requireOverlay()
  await requireNamespaces()
}

/** Network and process namespaces are root's to make and to end. */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return
  throw new HostError('refused', 'A lab needs root: its hosts have networks and processes of their own.', {
    remedy: 'Run the command with sudo.',
  })
}

/** The programs of a lab that this machine does not have. */
export async function missingPrograms(path = process.env['PATH'] ?? ''): Promise<string[]> {
  const found = await Promise.all(
    Object.keys(programs).map(async (name) => [name, await isThere(name, path)] as const),
  )
  return found.filter(([, there]) => !there).map(([name]) => name)
}

async function isThere(program: string, path: string): Promise<boolean> {
  const tries = path.split(':').map((folder) => access(join(folder, program), constants.X_OK))
  return Promise.any(tries).then(
    () => true,
    () => false,
  )
}

async function installPrograms(
  missing: readonly string[],
  report: LabReport,
  signal?: AbortSignal,
): Promise<void> {
  const packages = [...new Set(missing.map((name) => programs[name] ?? name))].sort()
  if (missing.includes('apt-get')) throw lacking(missing, packages)
  report({ step: `Installing ${packages.join(', ')} with apt-get`, slow: true })
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, ...(signal && { signal }) }
  try {
    await runCommand(install, options)
  } catch {
    // The usual reason is an empty or outdated list of packages; a second failure is the user's to read.
    await runCommand(['apt-get', 'update'], options)
    await runCommand(install, options)
  }
  const still = await missingPrograms()
  if (still.length > 0) throw lacking(still, packages)
}

function lacking(missing: readonly string[], packages: readonly string[]): HostError {
  return new HostError('refused', `A lab needs ${missing.join(', ')}, which this machine does not have.`, {
    remedy: `Install the Debian packages ${packages.join(', ')}.`,
  })
}

async function requireOverlay(): Promise<void> {
  if (/\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8'))) return
  await runCommand(['modprobe', 'overlay']).catch((cause: unknown) => {
    throw new HostError(
      'refused',
      "A lab needs the kernel's overlay file system, which this machine does not have.",
      {
        remedy: 'Load the kernel module "overlay", or use a machine whose kernel has it.',
        cause,
      },
    )
  })
}

async function requireNamespaces(): Promise<void> {
  const command = ['unshare', '--mount', '--net', '--pid', '--ipc', '--uts', '--fork', 'true']
  await runCommand(command).catch((cause: unknown) => {
    throw new HostError(
      'refused',
      'A lab needs to make namespaces (mount, net, pid, ipc, uts), which this machine refuses.',
      {
        remedy: 'Inside a container, start it privileged.',
        cause,
      },
    )
  })
}
