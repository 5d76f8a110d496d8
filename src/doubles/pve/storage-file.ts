import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ApiCall } from './api.ts'
import type { Pve, Settings } from './pve-state.ts'

type Host = Pick<ApiCall['host'], 'path'>

const fileOf = (host: Host): string => host.path('/etc/pve/storage.cfg')

/** Takes the storages from `/etc/pve/storage.cfg`, which people edit and restore too; without it they stay. */
export async function readStorages(pve: Pve, host: Host): Promise<void> {
  const text = await readFile(fileOf(host), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text !== undefined) pve.storages = parseStorages(text)
}

export async function writeStorages(pve: Pve, host: Host): Promise<void> {
  const storages = Object.entries(pve.storages).map(([name, { type, ...rest }]) =>
    [`${type}: ${name}`, ...Object.entries(rest).map(([key, value]) => `\t${key} ${value}`), ''].join('\n'),
  )
  await mkdir(dirname(fileOf(host)), { recursive: true })
  // A call that is killed leaves no half of it.
  const part = `${fileOf(host)}.tmp`
  await writeFile(part, storages.join('\n'), { mode: 0o640 })
  await rename(part, fileOf(host))
}

/** PVE/SectionConfig.pm: `type: name`, then indented `key value`. */
function parseStorages(text: string): Record<string, Settings> {
  const storages: Record<string, Settings> = {}
  let current: Settings | undefined
  for (const line of text.split('\n')) {
    const [, type, name] = /^(\w+): (\S+)\s*$/.exec(line) ?? []
    const [, key, value = ''] = /^\s+(\S+)(?:\s+(.*?))?\s*$/.exec(line) ?? []
    if (type !== undefined && name !== undefined) storages[name] = current = { type }
    else if (key !== undefined && current) current[key] = value
  }
  return storages
}
