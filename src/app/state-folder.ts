import { resolve } from 'node:path'

/** Where a project's runs are recorded. `$TSPLAY_STATE_DIR`, else `.tsplay` in the working folder. */
export function stateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return resolve(env['TSPLAY_STATE_DIR'] ?? '.tsplay')
}
