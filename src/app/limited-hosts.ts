import { readFileSync } from 'node:fs'
import { nearest } from '#base/did-you-mean.ts'
import { parsePattern, selectHosts, unknownNames } from '#lang/host-pattern.ts'
import type { Inventory } from '#model/inventory.ts'
import { UsageError } from '#model/usage-error.ts'
import type { HostSelection } from './requests.ts'

/** The hosts of a list that `--limit` leaves. */
export function limitedHosts(
  inventory: Inventory,
  hosts: readonly string[],
  limit: string | undefined,
): readonly string[] {
  if (limit === undefined) return hosts
  const pattern = parsePattern(limit)
  const allowed = new Set(pattern.kind === 'error' ? [] : selectHosts(pattern, inventory))
  return hosts.filter((host) => allowed.has(host))
}

/**
 * The text of `--limit` with `@file` read: its lines are patterns, united. Throws UsageError for a file that is not
 * there and for a pattern that cannot be read. An empty file leaves no host.
 */
export function limitText(limit: string | undefined): string | undefined {
  if (limit === undefined) return undefined
  if (!limit.startsWith('@')) return checked(limit)
  const lines = fileLines(limit.slice(1)).map(checked)
  return lines.length > 0 ? lines.join(',') : 'all:!all'
}

function fileLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
  } catch (cause) {
    throw new UsageError(`The file "${path}", named by --limit, cannot be read.`, { cause })
  }
}

function checked(text: string): string {
  const pattern = parsePattern(text)
  if (pattern.kind === 'error') throw new UsageError(`The pattern "${text}" is wrong: ${pattern.message}`)
  return text
}

/** Checks `--limit` against the inventory before anything runs. */
export function checkLimit(
  { limit, unknownHosts }: HostSelection,
  inventory: Inventory,
  report: { emit: (event: { type: 'warning'; message: string }) => void },
): void {
  const text = limitText(limit)
  const warning = text === undefined ? undefined : checkNames(text, inventory, unknownHosts)
  if (warning) report.emit({ type: 'warning', message: warning })
}

/** Ruling 10: a name that the inventory does not have is a mistake on the command line, or a warning if so wished. */
export function checkNames(
  text: string,
  inventory: Inventory,
  unknownHosts: HostSelection['unknownHosts'],
): string | undefined {
  const pattern = parsePattern(text)
  if (pattern.kind === 'error') throw new UsageError(`The pattern "${text}" is wrong: ${pattern.message}`)
  const [unknown] = unknownNames(pattern, inventory)
  if (!unknown) return undefined
  const near = nearest(unknown.text, [...inventory.hosts.keys(), ...inventory.groups.keys()])
  const message = `There is no host or group "${unknown.text}".`
  if (unknownHosts === 'error')
    throw new UsageError(message, near ? { remedy: `Did you mean "${near}"?` } : {})
  return message
}
