import { escapeField, type MountEntry, parseMountLine } from './mount-table.ts'

/** Which line of fstab(5) is meant: by its mount point, and swap areas, which have none, by their source. */
export interface FstabPlace {
  readonly path: string
  readonly source?: string
}

export function fstabEntry(text: string, place: FstabPlace): MountEntry | undefined {
  return text
    .split('\n')
    .map(parseMountLine)
    .findLast((entry) => entry !== undefined && isAt(entry, place))
}

/** Replaces the line of the same place, where it stands, or adds one; comments and other lines stay as they are. */
export function setFstabEntry(text: string, entry: MountEntry, place: FstabPlace): string {
  const present = fstabEntry(text, place)
  if (present && sameEntry(present, entry)) return text
  const line = lineOf(entry)
  if (!present) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`
  return text
    .split('\n')
    .flatMap((other) => {
      const found = parseMountLine(other)
      if (!found || !isAt(found, place)) return [other]
      return sameEntry(found, present) ? [line] : []
    })
    .join('\n')
}

export function removeFstabEntry(text: string, place: FstabPlace): string {
  return text
    .split('\n')
    .filter((line) => {
      const entry = parseMountLine(line)
      return !entry || !isAt(entry, place)
    })
    .join('\n')
}

function isAt(entry: MountEntry, { path, source }: FstabPlace): boolean {
  if (entry.fstype === 'swap') return source !== undefined && entry.source === source
  return withoutSlash(entry.path) === withoutSlash(path)
}

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '')

const fields = ['source', 'path', 'fstype', 'options', 'dump', 'pass'] as const

const sameEntry = (a: MountEntry, b: MountEntry): boolean => fields.every((field) => a[field] === b[field])

const lineOf = (entry: MountEntry): string => fields.map((field) => escapeField(entry[field])).join(' ')
