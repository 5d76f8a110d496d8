import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { patternFits } from './known-hosts.ts'
import { followedKeywords } from './ssh-options.ts'

export interface ConfigLine {
  readonly keyword: string
  readonly value: string
}

const deepestInclude = 16

/**
 * Reads an ssh_config file with everything it includes, in place. A file that is not there has no lines.
 * `folder` is where relative includes are looked up: `~/.ssh` or `/etc/ssh`.
 */
export function configLines(
  path: string,
  { home, folder = dirname(path), depth = 0 }: { home: string; folder?: string; depth?: number },
): readonly ConfigLine[] {
  const text = textOf(path)
  const lines: ConfigLine[] = []
  for (const line of text.split('\n').flatMap((raw) => parseLine(raw) ?? [])) {
    if (line.keyword !== 'include') lines.push(line)
    else if (depth < deepestInclude) lines.push(...included(line.value, { home, folder, depth: depth + 1 }))
  }
  return lines
}

/** At once: on the way to a host that many wait for, a turn of the event loop takes longer than a small file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** `Keyword value`, `Keyword=value`, with comments and blank lines left out. */
function parseLine(raw: string): ConfigLine | undefined {
  const match = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(raw)
  if (!match?.[1] || match[2] === undefined) return undefined
  return { keyword: match[1].toLowerCase(), value: match[2] }
}

function included(
  value: string,
  { home, folder, depth }: { home: string; folder: string; depth: number },
): readonly ConfigLine[] {
  return (value.match(/"[^"]*"|\S+/g) ?? []).flatMap((word) => {
    const plain = word.replaceAll('"', '').replace(/^~(?=\/)/, home)
    const paths = pathsLike(isAbsolute(plain) ? plain : join(folder, plain))
    return paths.flatMap((path) => configLines(path, { home, folder, depth }))
  })
}

/** Only the last name has wildcards, of the plain kinds; it shows hidden files only when it says so, as glob(3). */
const plainPattern = /^[^*?[{\\]*\/(?!\.)[^[{\\/]*$/

/** Node's own glob takes 10 ms to load, which most patterns do not need. */
function pathsLike(pattern: string): readonly string[] {
  if (!plainPattern.test(pattern)) return globSync(pattern).sort()
  const [folder, name] = [dirname(pattern), basename(pattern)]
  if (!/[*?]/.test(name)) return existsSync(pattern) ? [pattern] : []
  const entries = namesIn(folder).filter((entry) => !entry.startsWith('.') && patternFits(name, entry))
  return entries.sort().map((entry) => join(folder, entry))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * Whether the lines can say anything about this host that tsplay follows. `Match` is taken to fit always, since
 * only OpenSSH can tell.
 */
export function concernsHost(lines: readonly ConfigLine[], alias: string): boolean {
  let applies = true
  for (const { keyword, value } of lines) {
    if (keyword === 'host') applies = hostPatternsFit(value, alias)
    else if (keyword === 'match') applies = true
    else if (applies && followedKeywords.has(keyword)) return true
  }
  return false
}

function hostPatternsFit(value: string, alias: string): boolean {
  const patterns = value.replaceAll('"', '').split(/\s+/)
  const fits = (pattern: string) => patternFits(pattern.toLowerCase(), alias.toLowerCase())
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false
  return patterns.some(fits)
}
