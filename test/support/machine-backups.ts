import { join } from 'node:path'
import type { ProxmoxHost } from './proxmox-host.ts'
import { type TsplayOptions, tsplay } from './tsplay.ts'

/** Where a project lies that backs machines up with the doubles. */
export const placeOf = ({ folder, env }: ProxmoxHost): TsplayOptions => ({
  cwd: folder,
  env: { PATH: env['PATH'] ?? '', TSPLAY_STATE_DIR: join(folder, 'state') },
})

/** What the playbooks need to be told to stay below its folder, and to be quick. */
export const settingsOf = ({ folder }: ProxmoxHost) => ({
  backups_become: false,
  restore_become: false,
  backups_packages: [],
  backups_program_folder: `${folder}/programs`,
  backups_vm_poll: 1,
})

/** What `tsplay restore list` shows, newest first. */
export async function restorePoints(host: ProxmoxHost) {
  const { stdout } = await tsplay(['restore', 'list', '--json'], placeOf(host))
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
