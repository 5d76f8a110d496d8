import type { ArchiveEntry } from './controller.ts'
import { globTest } from './glob-test.ts'
import { baseName } from './host-path.ts'

interface Selection {
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly extra_opts?: readonly string[]
}

/** The entries that unpacking makes, under the names it gives them. */
export function unpackedEntries(
  entries: readonly ArchiveEntry[],
  selection: Selection,
): readonly ArchiveEntry[] {
  const { include = [], exclude = [] } = selection
  const selected = entries.filter(
    ({ path }) => (include.length === 0 || isBelow(path, include)) && !isBelow(path, exclude),
  )
  return renamed(selected, selection.extra_opts ?? []).filter(({ path }) => isInside(path))
}

/** Whether the path, or a folder above it, is meant by one of the patterns. */
function isBelow(path: string, patterns: readonly string[]): boolean {
  const parts = path.split('/')
  const tests = patterns.map((pattern) => globTest(pattern.replace(/^(\.?\/)+|\/+$/g, '')))
  return parts.some((_, i) => tests.some((test) => test(parts.slice(0, i + 1).join('/'))))
}

/** No program that unpacks goes above the folder. */
const isInside = (path: string): boolean => path !== '' && !path.split('/').includes('..')

/** `--strip-components=N` of tar and `-j` of unzip give entries other names. */
function renamed(entries: readonly ArchiveEntry[], options: readonly string[]): readonly ArchiveEntry[] {
  if (options.includes('-j')) {
    return entries
      .filter(({ type }) => type !== 'directory')
      .map((entry) => ({ ...entry, path: baseName(entry.path) }))
  }
  const count = stripCount(options)
  if (count === 0) return entries
  const strip = (path: string): string => path.split('/').slice(count).join('/')
  return entries.map((entry) => ({
    ...entry,
    path: strip(entry.path),
    ...(entry.type === 'hard link' ? { target: strip(entry.target ?? '') } : {}),
  }))
}

function stripCount(options: readonly string[]): number {
  const at = options.findIndex((option) => /^--strip(-components)?$/.test(option))
  if (at >= 0) return Number(options[at + 1] ?? 0) || 0
  const joined = options.map((option) => /^--strip(?:-components)?[= ](\d+)$/.exec(option)?.[1])
  return Number(joined.find((number) => number !== undefined) ?? 0)
}
