import type { HostFile } from './host-files.ts'
import type { LabAccess } from './lab-access.ts'
import type { LabHost, LabPlan } from './lab-plan.ts'

interface Identity {
  readonly access: LabAccess
  /** The image's /etc/shadow. */
  readonly shadow: string
  /** Of the packages that the host can install. */
  readonly index: string
}

/** What makes a host itself: its name, its keys, who may log in, where its packages come from. */
export function identityFiles(plan: LabPlan, host: LabHost, { access, shadow, index }: Identity): HostFile[] {
  const key = access.hostKeys[host.name]
  const source = `${plan.gateway}/${host.suite}`
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
    { path: 'etc/apt/sources.list', text: `deb [trusted=yes] http://${source}/ ./\n` },
    // As after `apt-get update`: a server that has run for a day knows what it can install.
    { path: `var/lib/apt/lists/${source.replaceAll('/', '_')}_._Packages`, text: index },
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
