import { createRequire } from 'node:module'
import type { RE2JS as Re2Pattern } from 're2js'
import { backtrackingEngine } from './regex-backtracking.ts'
import { type RegexEngine, RegexError, type RegexMatch } from './regex-match.ts'
import { plainEngine } from './regex-plain.ts'
import { needsBacktracking, toJavaScript, toRe2 } from './regex-syntax.ts'

export interface RegexOptions {
  readonly ignoreCase?: boolean
  /** `^` and `$` match at each line. */
  readonly multiline?: boolean
  readonly dotAll?: boolean
  /**
   * What to do with look-around and back-references, which RE2 lacks: run them by JavaScript's engine under a
   * time limit (`true`), or refuse them (`false`, the default).
   */
  readonly fallback?: boolean
}

/** A compiled pattern. Offsets are in UTF-16 units. */
export interface Regex {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean
  /** The first match at or after `from`. */
  exec(text: string, from?: number): RegexMatch | undefined
  all(text: string): readonly RegexMatch[]
  /** Replaces all matches (or the first `limit`). Templates know `\1`, `\g<1>`, `\g<name>`, `\n`, `\t` and `\\`. */
  replaceAll(text: string, template: string, limit?: number): string
  split(text: string, limit?: number): string[]
}

const cache = new Map<string, Regex>()

/**
 * Compiles a pattern in Python's or RE2's spelling (`(?P<n>…)`, `\A`, `\Z` are understood); compiled ones are
 * remembered. Throws RegexError.
 */
export function compileRegex(pattern: string, options: RegexOptions = {}): Regex {
  const key = `${flagLetters(options)}${options.fallback ? '+' : '-'}${pattern}`
  const known = cache.get(key)
  if (known) return known
  const made = regexOver(engineFor(pattern, options))
  if (cache.size > 1000) cache.clear()
  cache.set(key, made)
  return made
}

interface Engine {
  readonly find: RegexEngine
  /** Whether it matches anywhere, which is cheaper to know than where. */
  test(text: string): boolean
}

function engineFor(pattern: string, options: RegexOptions): Engine {
  const plain = plainEngine(pattern, options)
  if (plain) return { find: plain, test: (text) => plain(text, 0) !== undefined }
  if (!needsBacktracking(pattern)) return linearEngine(pattern, options)
  if (options.fallback) return fallbackEngine(pattern, options)
  throw new RegexError(
    `The pattern "${pattern}" uses look-around or a back-reference, which is not available here because its time has no bound.`,
  )
}

function fallbackEngine(pattern: string, options: RegexOptions): Engine {
  const { source, flags } = toJavaScript(pattern)
  const find = backtrackingEngine({ source, flags: flags + flagLetters(options), written: pattern })
  return { find, test: (text) => find(text, 0) !== undefined }
}

const require = createRequire(import.meta.url)
let re2: typeof import('re2js') | undefined

/** re2js is loaded when the first pattern is compiled, since most runs need none. */
function loadRe2(): typeof import('re2js') {
  re2 ??= require('re2js')
  if (re2 === undefined) throw new Error('re2js cannot be loaded.')
  return re2
}

function linearEngine(pattern: string, options: RegexOptions): Engine {
  const { RE2JS } = loadRe2()
  const flags =
    (options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
    (options.multiline ? RE2JS.MULTILINE : 0) |
    (options.dotAll ? RE2JS.DOTALL : 0)
  const compiled = compileLinear(pattern, () => RE2JS.compile(toRe2(pattern), flags))
  return { find: (text, from) => firstMatch(compiled, text, from), test: (text) => compiled.test(text) }
}

function compileLinear(pattern: string, compile: () => Re2Pattern): Re2Pattern {
  try {
    return compile()
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : ''
    throw new RegexError(`The pattern "${pattern}" is not a regular expression: ${reason}.`, { cause: error })
  }
}

function firstMatch(compiled: Re2Pattern, text: string, from: number): RegexMatch | undefined {
  const matcher = compiled.matcher(text)
  if (from > text.length || !matcher.find(from)) return undefined
  const groups: (string | undefined)[] = []
  for (let i = 1; i <= matcher.groupCount(); i++) groups.push(matcher.group(i) ?? undefined)
  const named: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(matcher.getNamedGroups())) named[name] = value ?? undefined
  return { index: matcher.start(), text: matcher.group() ?? '', groups, named }
}

function regexOver({ find, test }: Engine): Regex {
  const all = (text: string, limit = Number.POSITIVE_INFINITY) => [...matches(find, text, limit)]
  return {
    test,
    exec: (text, from = 0) => find(text, from),
    all: (text) => all(text),
    replaceAll: (text, template, limit) => replaced(text, template, all(text, limit || undefined)),
    split: (text, limit) => pieces(text, all(text, limit || undefined)),
  }
}

function* matches(engine: RegexEngine, text: string, limit: number): Generator<RegexMatch> {
  let from = 0
  for (let count = 0; count < limit && from <= text.length; count++) {
    const match = engine(text, from)
    if (!match) return
    yield match
    const end = match.index + match.text.length
    // An empty match must not be found again at the same place.
    from = match.text === '' ? end + (isPair(text, end) ? 2 : 1) : end
  }
}

function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff
}

function replaced(text: string, template: string, found: readonly RegexMatch[]): string {
  let result = ''
  let from = 0
  for (const match of found) {
    result += text.slice(from, match.index) + expand(template, match)
    from = match.index + match.text.length
  }
  return result + text.slice(from)
}

function pieces(text: string, found: readonly RegexMatch[]): string[] {
  const result: string[] = []
  let from = 0
  for (const match of found) {
    if (match.text === '') continue
    result.push(text.slice(from, match.index))
    from = match.index + match.text.length
  }
  result.push(text.slice(from))
  return result
}

const reference = /\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' }

function expand(template: string, match: RegexMatch): string {
  if (!template.includes('\\')) return template
  return template.replace(reference, (written, name?: string, digits?: string, other?: string) => {
    if (other !== undefined) return escapes[other] ?? written
    return group(match, name ?? digits ?? '')
  })
}

function group(match: RegexMatch, name: string): string {
  if (!/^\d+$/.test(name)) {
    if (!Object.hasOwn(match.named, name)) throw new RegexError(`The pattern has no group named "${name}".`)
    return match.named[name] ?? ''
  }
  const index = Number(name)
  if (index === 0) return match.text
  if (index > match.groups.length) throw new RegexError(`The pattern has no group ${index}.`)
  return match.groups[index - 1] ?? ''
}

function flagLetters(options: RegexOptions): string {
  return `${options.ignoreCase ? 'i' : ''}${options.multiline ? 'm' : ''}${options.dotAll ? 's' : ''}`
}
