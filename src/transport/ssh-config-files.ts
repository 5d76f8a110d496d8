import { glob, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
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
export async function configLines(
  path: string,
  { home, folder = dirname(path), depth = 0 }: { home: string; folder?: string; depth?: number },
): Promise<readonly ConfigLine[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const lines: ConfigLine[] = []
  for (const line of text.split('\n').flatMap((raw) => parseLine(raw) ?? [])) {
    if (line.keyword !== 'include') lines.push(line)
    else if (depth < deepestInclude)
      lines.push(...(await included(line.value, { home, folder, depth: depth + 1 })))
  }
  return lines
}

/** `Keyword value`, `Keyword=value`, with comments and blank lines left out. */
function parseLine(raw: string): ConfigLine | undefined {
  const match = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(raw)
  if (!match?.[1] || match[2] === undefined) return undefined
  return { keyword: match[1].toLowerCase(), value: match[2] }
}

async function included(
  value: string,
  { home, folder, depth }: { home: string; folder: string; depth: number },
): Promise<readonly ConfigLine[]> {
  const all: ConfigLine[] = []
  for (const word of value.match(/"[^"]*"|\S+/g) ?? []) {
    const plain = word.replaceAll('"', '').replace(/^~(?=\/)/, home)
    const pattern = isAbsolute(plain) ? plain : join(folder, plain)
    const paths = await sorted(glob(pattern))
    for (const path of paths) all.push(...(await configLines(path, { home, folder, depth })))
  }
  return all
}

async function sorted(paths: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = []
  for await (const path of paths) all.push(path)
  return all.sort()
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
