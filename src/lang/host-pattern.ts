import { compileRegex } from '#base/regex.ts'

/** One name, glob, regular expression or group of a host pattern, with what it does to the selection. */
export interface PatternTerm {
  readonly operator: 'union' | 'intersect' | 'except'
  readonly kind: 'all' | 'name' | 'glob' | 'regex'
  /** Without operator, `~`, brackets and subscript. */
  readonly text: string
  /** Inclusive positions in the list that the term gives; a negative `from` counts from the end. */
  readonly subscript?: { readonly from: number; readonly to: number }
  /** Where the term stands in the pattern's text. */
  readonly start: number
  readonly end: number
  matches(name: string): boolean
}

export interface Pattern {
  readonly kind: 'pattern'
  readonly text: string
  readonly terms: readonly PatternTerm[]
}

export interface PatternError {
  readonly kind: 'error'
  readonly message: string
  readonly start: number
  readonly end: number
}

/** The hosts and groups to choose from; maps are in the order of the inventory. */
export interface Choice {
  readonly hosts: ReadonlyMap<string, unknown>
  readonly groups: ReadonlyMap<
    string,
    { readonly hosts: readonly string[]; readonly children: readonly string[] }
  >
}

/**
 * Reads Ansible's grammar of host patterns: terms joined by `:` or `,`, each with `&` (only those) or `!`
 * (not those) before it, being a name, a glob, `~` and a regular expression, or `[IPv6]`, with an optional
 * subscript `[0]`, `[-1]`, `[1:3]`, `[:3]`, `[1:]` (inclusive).
 * https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html
 */
export function parsePattern(text: string): Pattern | PatternError {
  const terms: PatternTerm[] = []
  for (const piece of split(text)) {
    const term = parseTerm(piece)
    if ('message' in term) return term
    terms.push(term)
  }
  if (terms.length === 0) {
    return { kind: 'error', message: 'The host pattern names no host.', start: 0, end: text.length }
  }
  return { kind: 'pattern', text, terms }
}

/**
 * The hosts of a pattern, each once. Whatever the written order, unions come first, then `&`, then `!`; a pattern
 * of only `&` and `!` starts from all hosts. A subscript beyond the end gives nothing.
 */
export function selectHosts(pattern: Pattern, choice: Choice): string[] {
  const of = (operator: PatternTerm['operator']) => pattern.terms.filter((term) => term.operator === operator)
  const unions = of('union')
  const chosen = (term: PatternTerm) => new Set(hostsOf(term, choice))
  let selected = unions.length === 0 ? allHosts(choice) : unions.flatMap((term) => hostsOf(term, choice))
  for (const wanted of of('intersect').map(chosen)) selected = selected.filter((name) => wanted.has(name))
  for (const unwanted of of('except').map(chosen)) selected = selected.filter((name) => !unwanted.has(name))
  return [...new Set(selected)]
}

/** The plain names of a pattern that are neither host nor group. The implicit `localhost` is always known. */
export function unknownNames(pattern: Pattern, choice: Choice): readonly PatternTerm[] {
  return pattern.terms.filter(
    ({ kind, text }) =>
      kind === 'name' && !choice.groups.has(text) && !choice.hosts.has(text) && !isLocalhost(text),
  )
}

/** Names of the machine tsplay runs on. It exists without being in an inventory, and then outside `all`. */
export const isLocalhost = (name: string): boolean => ['localhost', '127.0.0.1', '::1'].includes(name)

interface Piece {
  readonly text: string
  readonly start: number
}

/** Cuts at `,` and `:`, but not inside brackets, in a regular expression's groups, or in an IPv6 address. */
function split(text: string): readonly Piece[] {
  return cut({ text, start: 0 }, ',').flatMap((piece) =>
    isIpv6(piece.text.replace(/^[&!]/, '')) ? [piece] : cut(piece, ':'),
  )
}

function cut(piece: Piece, separator: ',' | ':'): readonly Piece[] {
  const pieces: Piece[] = []
  let from = 0
  let depth = 0
  for (let i = 0; i <= piece.text.length; i += 1) {
    const char = piece.text[i]
    if (char !== undefined && opens(char, piece.text.slice(from, i))) depth += 1
    if (char !== undefined && ')]}'.includes(char)) depth = Math.max(0, depth - 1)
    if (char !== undefined && (char !== separator || depth > 0)) continue
    pieces.push(trimmed(piece.text.slice(from, i), piece.start + from))
    from = i + 1
  }
  return pieces.filter(({ text }) => text !== '')
}

/** Round and curly brackets only group inside a regular expression. */
const opens = (char: string, before: string): boolean =>
  char === '[' || ('({'.includes(char) && /^\s*[&!]?~/.test(before))

function trimmed(text: string, start: number): Piece {
  return { text: text.trim(), start: start + (text.length - text.trimStart().length) }
}

/** `db2:db:d` could be three groups: only `::` or all eight parts make an address. */
function isIpv6(text: string): boolean {
  const parts = text.split(':')
  if (!parts.every((part) => /^[0-9a-f]{0,4}$/i.test(part))) return false
  return parts.length === 8 || (text.includes('::') && parts.length < 8)
}

const operators = { '&': 'intersect', '!': 'except' } as const

function parseTerm({ text, start }: Piece): PatternTerm | PatternError {
  const end = start + text.length
  const sign = text[0] === '&' || text[0] === '!' ? text[0] : undefined
  const rest = sign ? text.slice(1).trim() : text
  const error = (message: string): PatternError => ({ kind: 'error', message, start, end })
  if (rest === '') return error(`After "${text}" in a host pattern a name is missing.`)
  const base = { operator: sign ? operators[sign] : ('union' as const), start, end }
  if (rest.startsWith('~')) return regexTerm(rest.slice(1), base, error)
  const address = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(rest)?.[1]
  if (address?.includes(':')) return { ...base, ...nameTerm(address) }
  return subscripted(rest, base, error)
}

type Base = Pick<PatternTerm, 'operator' | 'start' | 'end'>
type Fail = (message: string) => PatternError

function subscripted(text: string, base: Base, error: Fail): PatternTerm | PatternError {
  const match = /^(.+?)\[(?:(-?\d+)|(\d*)[:-](\d*))\]$/.exec(text)
  if (!match?.[1]) {
    if (/\[[^\]]*$/.test(text)) return error(`The bracket in "${text}" is not closed.`)
    if (/\[-?\d*:-?\d*\]$/.test(text))
      return error(`The subscript of "${text}" counts from 0: [0], [-1], [1:3].`)
    return { ...base, ...nameTerm(text) }
  }
  const [, name, index, from, to] = match
  if (index === undefined && !from && !to) return error(`The subscript of "${text}" is empty.`)
  const subscript =
    index === undefined
      ? { from: Number(from || 0), to: to ? Number(to) : Number.POSITIVE_INFINITY }
      : { from: Number(index), to: Number(index) }
  return { ...base, ...nameTerm(name), subscript }
}

function nameTerm(text: string): Pick<PatternTerm, 'kind' | 'text' | 'matches'> {
  if (text === 'all' || text === '*') return { kind: 'all', text: 'all', matches: () => true }
  if (!/[*?[]/.test(text)) return { kind: 'name', text, matches: (name) => name === text }
  const glob = globExpression(text)
  return { kind: 'glob', text, matches: (name) => glob.test(name) }
}

function globExpression(glob: string): RegExp {
  const source = glob.replace(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length > 1) return classExpression(part.slice(1, -1))
    return part.replace(/[\\^$.|+()[\]{}]/, '\\$&')
  })
  return new RegExp(`^(?:${source})$`, 's')
}

/** As Python's `fnmatch.translate`: a range that runs backwards holds no character. */
function classExpression(content: string): string {
  const negated = content.length > 1 && content.startsWith('!')
  const members = content
    .slice(negated ? 1 : 0)
    .replace(/([\s\S])-([\s\S])|[\s\S]/g, (member, from?: string, to?: string) => {
      if (from === undefined || to === undefined) return escaped(member)
      return from <= to ? `${escaped(from)}-${escaped(to)}` : ''
    })
  return `[${negated ? '^' : ''}${members}]`
}

const escaped = (character: string) => character.replace(/[\\\]^-]/, '\\$&')

function regexTerm(text: string, base: Base, error: Fail): PatternTerm | PatternError {
  try {
    const matches = matcher(text)
    return { ...base, kind: 'regex', text, matches }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return error(`The regular expression "${text}" cannot be read: ${reason}.`)
  }
}

/** Anchored at the start only, as Python's `re.match`. */
function matcher(text: string): (name: string) => boolean {
  const expression = compileRegex(`\\A(?:${text})`, { fallback: true })
  return (name) => expression.test(name)
}

function hostsOf(term: PatternTerm, choice: Choice): readonly string[] {
  const found = [...new Set(matched(term, choice))]
  if (!term.subscript) return found
  const { from, to } = term.subscript
  if (from < 0) return [found.at(from)].filter((name) => name !== undefined)
  return found.slice(from, to + 1)
}

/** A localhost that no group has is the implicit one, which `all` leaves out. */
function allHosts(choice: Choice): readonly string[] {
  const isGrouped = (name: string) => [...choice.groups.values()].some(({ hosts }) => hosts.includes(name))
  return [...choice.hosts.keys()].filter((name) => !isLocalhost(name) || isGrouped(name))
}

/** A group's exact name hides a host of the same name; globs and regular expressions look at both. */
function matched(term: PatternTerm, choice: Choice): readonly string[] {
  if (term.kind === 'all') return allHosts(choice)
  if (term.kind === 'name' && !choice.groups.has(term.text)) {
    return choice.hosts.has(term.text) || isLocalhost(term.text) ? [term.text] : []
  }
  const groups = [...choice.groups.keys()].filter((name) => term.matches(name))
  const hosts = term.kind === 'name' ? [] : [...choice.hosts.keys()].filter((name) => term.matches(name))
  return [...groups.flatMap((name) => groupHosts(name, choice, new Set())), ...hosts]
}

/** The hosts of a group and of the groups below it, depth first. */
function groupHosts(name: string, choice: Choice, seen: Set<string>): readonly string[] {
  const group = choice.groups.get(name)
  if (!group || seen.has(name)) return []
  seen.add(name)
  if (name === 'all') return allHosts(choice)
  return [...group.hosts, ...group.children.flatMap((child) => groupHosts(child, choice, seen))]
}
