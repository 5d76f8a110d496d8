import { join } from 'node:path'
import type { Endpoint } from './lab-state.ts'

interface SshdSettings {
  readonly endpoint: Endpoint
  /** Of the host: its key, who may log in, and the script that every session starts with lie here. */
  readonly folder: string
  /** `NAME=value` for each session. */
  readonly environment: readonly string[]
}

/** For an SSH server that any user can run. See sshd_config(5). */
export function sshdConfig({ endpoint, folder, environment }: SshdSettings): string {
  const quoted = (text: string) => `"${text}"`
  return [
    `ListenAddress ${endpoint.address}:${endpoint.port}`,
    `HostKey ${quoted(join(folder, 'host_key'))}`,
    `AuthorizedKeysFile ${quoted(join(folder, 'authorized_keys'))}`,
    'PidFile none',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    // The project may lie in a folder that others can write to; the files above are its owner's alone.
    'StrictModes no',
    'MaxStartups 200:30:400',
    'MaxSessions 100',
    'UseDNS no',
    'PrintMotd no',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
    `ForceCommand ${quoted(join(folder, 'session'))}`,
    // Of several lines only the first would count.
    `SetEnv ${environment.map(quoted).join(' ')}`,
    '',
  ].join('\n')
}
