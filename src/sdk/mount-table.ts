import { linesOf } from './sections.ts'

/** A line of /proc/self/mounts or fstab(5), its escapes undone. */
export interface MountEntry {
  readonly source: string
  readonly path: string
  readonly fstype: string
  readonly options: string
  readonly dump: string
  readonly pass: string
}

/** Comments and lines of less than three fields are passed over. */
export function parseMountTable(text: string): readonly MountEntry[] {
  return linesOf(text).flatMap((line) => parseMountLine(line) ?? [])
}

export function parseMountLine(line: string): MountEntry | undefined {
  const words = line.trim().split(/[ \t]+/)
  const [source = '', path = '', fstype, options = 'defaults', dump = '0', pass = '0'] =
    words.map(unescapeField)
  if (fstype === undefined || line.trimStart().startsWith('#')) return undefined
  return { source, path, fstype, options, dump, pass }
}

/** Blanks, tabs, newlines, `#` and backslashes inside a field are written as three octal digits. */
export function escapeField(field: string): string {
  return field.replaceAll(/[ \t\n\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

function unescapeField(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_all, digits) => String.fromCharCode(Number.parseInt(digits, 8)))
}
