import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LabAccess } from './lab-access.ts'
import type { LabHost, LabPlan } from './lab-plan.ts'

interface HostFile {
  readonly path: string
  readonly text: string
  readonly mode?: number
  readonly owner?: Owner
  /** For a folder that the image does not have, beside the owner. */
  readonly folderMode?: number
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface Setting {
  readonly imageRoot: string
  readonly access: LabAccess
  /** The folder with the hosts' packages. */
  readonly packages: string
}

/**
 * Writes what makes a host itself into the upper layer of its file system, before that is mounted: its name,
 * its keys, who may log in, where its packages come from. Folders of the image keep their content.
 */
export async function writeHostFiles(plan: LabPlan, host: LabHost, setting: Setting): Promise<void> {
  const layers = { upper: join(host.directory, 'upper'), imageRoot: setting.imageRoot }
  const [shadow, index] = await Promise.all([
    readFile(join(setting.imageRoot, 'etc/shadow'), 'utf8'),
    readFile(join(setting.packages, 'Packages'), 'utf8'),
  ])
  for (const file of hostFiles(plan, host, { access: setting.access, shadow, index })) {
    await makeFolder(layers, dirname(file.path), file)
    await writeHostFile(join(layers.upper, file.path), file)
  }
}

/** A folder of the upper layer hides its namesake's owner and mode, so it takes them from there. */
async function makeFolder(
  layers: { readonly upper: string; readonly imageRoot: string },
  folder: string,
  file: HostFile,
): Promise<void> {
  if (folder !== '.') await makeFolder(layers, dirname(folder), file)
  const path = join(layers.upper, folder)
  await mkdir(path, { recursive: true })
  const given = await stat(join(layers.imageRoot, folder)).catch(() => undefined)
  await chmod(path, (given?.mode ?? file.folderMode ?? 0o755) & 0o7777)
  const owner = given ?? file.owner
  if (owner) await chown(path, owner.uid, owner.gid)
}

async function writeHostFile(path: string, file: HostFile): Promise<void> {
  const mode = file.mode ?? 0o644
  await writeFile(path, file.text, { mode })
  // Whatever our umask is.
  await chmod(path, mode)
  if (file.owner) await chown(path, file.owner.uid, file.owner.gid)
}

/** All files of one host, as values. */
export function hostFiles(
  plan: LabPlan,
  host: LabHost,
  { access, shadow, index }: { readonly access: LabAccess; readonly shadow: string; readonly index: string },
): HostFile[] {
  const key = access.hostKeys[host.name]
  const login = { text: access.authorizedKey, mode: 0o600, folderMode: 0o700 }
  return [
    { path: 'etc/hostname', text: `${host.name}\n` },
    // Empty, so that systemd makes one at the first boot. See machine-id(5).
    { path: 'etc/machine-id', text: '', mode: 0o444 },
    { path: 'etc/hosts', text: hostsFile(plan) },
    // Nobody to ask: names outside the lab fail at once.
    { path: 'etc/resolv.conf', text: '' },
    { path: 'etc/ssh/ssh_host_ed25519_key', text: key?.privateKey ?? '', mode: 0o600 },
    { path: 'etc/ssh/ssh_host_ed25519_key.pub', text: key?.publicKey ?? '' },
    { path: 'etc/apt/sources.list', text: `deb [trusted=yes] http://${plan.gateway}/ ./\n` },
    // As after `apt-get update`: a server that has run for a day knows what it can install.
    { path: `var/lib/apt/lists/${plan.gateway}_._Packages`, text: index },
    {
      path: 'etc/shadow',
      text: withPassword(shadow, 'operator', access.operatorHash),
      mode: 0o640,
      // The groups shadow and operator have the same numbers on every Debian; see base-passwd.
      owner: { uid: 0, gid: 42 },
    },
    { path: 'root/.ssh/authorized_keys', ...login },
    { path: 'home/admin/.ssh/authorized_keys', ...login, owner: { uid: 1000, gid: 1000 } },
    { path: 'home/operator/.ssh/authorized_keys', ...login, owner: { uid: 1001, gid: 37 } },
  ]
}

function hostsFile(plan: LabPlan): string {
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...plan.hosts.map((host) => `${host.address} ${host.name}`),
  ]
  return `${lines.join('\n')}\n`
}

/** Sets the second field of a user's line. See shadow(5). */
export function withPassword(shadow: string, user: string, hash: string): string {
  return shadow.replace(new RegExp(`^${user}:[^:]*:`, 'm'), () => `${user}:${hash}:`)
}
