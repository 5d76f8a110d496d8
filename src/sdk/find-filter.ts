import { parseMode } from './file-mode.ts'
import type { FindArgs } from './find-args.ts'
import { globTest } from './glob-test.ts'
import { baseName } from './host-path.ts'
import type { ListedEntry } from './listing.ts'
import { type Script, sh } from './quote.ts'
import { userRegex } from './user-regex.ts'

const seconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const bytes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
}

/** The part of the search that the host's `find` does, so that less has to travel. */
export function findTests(args: FindArgs): Script {
  const depth = args.recurse ? args.depth : 1
  return sh`-mindepth 1 ${depth === undefined ? [] : ['-maxdepth', depth]} ${typeTest(args)} ${nameTest(args)}`
}

function typeTest({ file_type = 'file' }: FindArgs): readonly string[] {
  const letter = { any: undefined, directory: 'd', file: 'f', link: 'l' }[file_type]
  return letter === undefined ? [] : ['-type', letter]
}

function nameTest({ patterns = [], use_regex }: FindArgs): readonly string[] {
  if (use_regex || patterns.length === 0) return []
  return ['(', ...patterns.flatMap((pattern, i) => [...(i === 0 ? [] : ['-o']), '-name', pattern]), ')']
}

/** Whether an entry is one of those asked for, as far as its name, times, size and mode tell. `now` in seconds. */
export function findTest(args: FindArgs, now: number): (found: ListedEntry) => boolean {
  const isNamed = nameMatch(args.patterns ?? [], args, true)
  const isExcluded = nameMatch(args.excludes ?? [], args, false)
  return ({ path, entry }) => {
    const name = baseName(path)
    if (name.startsWith('.') && !args.hidden) return false
    if (!isNamed(name) || isExcluded(name)) return false
    const time = entry[args.age_stamp ?? 'mtime'] ?? 0
    return (
      isOld(args.age, now - time) && isLarge(args.size, entry.size) && hasMode(args, entry.mode, entry.type)
    )
  }
}

function nameMatch(
  patterns: readonly string[],
  { use_regex }: FindArgs,
  whenEmpty: boolean,
): (name: string) => boolean {
  if (patterns.length === 0) return () => whenEmpty
  const tests = patterns.map((pattern) => (use_regex ? startTest(pattern) : globTest(pattern)))
  return (name) => tests.some((test) => test(name))
}

function startTest(pattern: string): (text: string) => boolean {
  const regex = userRegex(`\\A(?:${pattern})`)
  return (text) => regex.test(text)
}

const isOld = (age: string | undefined, seconds: number): boolean =>
  age === undefined || isAtLeast(age, seconds, inSeconds)
const isLarge = (size: string | undefined, found: number): boolean =>
  size === undefined || isAtLeast(size, found, inBytes)

const inSeconds = (unit: string): number => seconds[unit] ?? 1
const inBytes = (unit: string): number => bytes[unit] ?? 1

/** `10m`: at least; `-10m`: at most. */
function isAtLeast(text: string, found: number, factor: (unit: string) => number): boolean {
  const [, sign = '', number = '0', unit = ''] = /^(-?)(\d+)([a-z]?)$/.exec(text.toLowerCase()) ?? []
  const limit = Number(number) * factor(unit)
  return sign === '' ? found >= limit : found <= limit
}

function hasMode({ mode, exact_mode }: FindArgs, found: number, type: string): boolean {
  if (mode === undefined) return true
  const wanted = parseMode(mode, 0, type === 'directory')
  return (exact_mode ?? true) ? wanted === found : (found & wanted) === wanted
}

/** Whether a text has what `contains` asks for. */
export function containsTest({ contains = '', read_whole_file }: FindArgs): (text: string) => boolean {
  if (read_whole_file) {
    const regex = userRegex(contains)
    return (text) => regex.test(text)
  }
  const test = startTest(contains)
  return (text) => text.split('\n').some(test)
}
