import { intersection, union } from './sets.ts'
import type { Span } from './span.ts'
import type { Index, Member, Term } from './term.ts'

/** What a term reads of the host's variables. */
export interface Reads {
  readonly names: ReadonlySet<string>
  readonly paths: ReadonlySet<string>
  readonly required: ReadonlySet<string>
  /** Where each name first stands. */
  readonly spans: ReadonlyMap<string, Span>
}

interface Collected {
  readonly names: Set<string>
  readonly paths: Set<string>
  readonly required: Set<string>
  readonly spans: Map<string, Span>
}

/** Names that are known to be defined at a place; `all` inside `default()` and `defined()`, which mind none. */
type Guards = ReadonlySet<string> | 'all'

/** @param guards names that conditions before this one have found to be defined */
export function analyse(term: Term, guards: ReadonlySet<string> = new Set()): Reads {
  const reads: Collected = { names: new Set(), paths: new Set(), required: new Set(), spans: new Map() }
  visit(term, guards, reads)
  return reads
}

function visit(term: Term, guards: Guards, reads: Collected): void {
  const path = pathOf(term)
  if (path !== undefined) reads.paths.add(path)
  visitParts(term, guards, reads)
}

function visitParts(term: Term, guards: Guards, reads: Collected): void {
  switch (term.kind) {
    case 'name':
      noteName(term, guards, reads)
      break
    case 'name-or-call':
      noteName(term.name, 'all', reads)
      break
    case 'member':
    case 'index':
      visitAccess(term, guards, reads)
      break
    case 'and':
    case 'or':
    case 'conditional':
      visitBranches(term, guards, reads)
      break
    case 'defined':
      visit(term.of, 'all', reads)
      break
    case 'default':
      visit(term.of, 'all', reads)
      visit(term.otherwise, guards, reads)
      if (term.whenEmpty) visit(term.whenEmpty, guards, reads)
      break
    default:
      for (const child of children(term)) visit(child, guards, reads)
  }
}

/** The path noted for the whole chain stands for its beginnings too. */
function visitAccess(term: Member | Index, guards: Guards, reads: Collected): void {
  if (term.kind === 'index') visit(term.key, guards, reads)
  if (isChain(term.of)) visitParts(term.of, guards, reads)
  else visit(term.of, guards, reads)
}

function noteName(term: { name: string; span: Span }, guards: Guards, reads: Collected): void {
  reads.names.add(term.name)
  if (!reads.spans.has(term.name)) reads.spans.set(term.name, term.span)
  if (guards === 'all' || guards.has(term.name)) return
  if (!reads.required.has(term.name)) reads.spans.set(term.name, term.span)
  reads.required.add(term.name)
}

type Branching = Extract<Term, { kind: 'and' | 'or' | 'conditional' }>

function visitBranches(term: Branching, guards: Guards, reads: Collected): void {
  if (term.kind === 'conditional') {
    visit(term.test, guards, reads)
    visit(term.whenTrue, withGuards(guards, provenWhen(true, term.test)), reads)
    visit(term.whenFalse, withGuards(guards, provenWhen(false, term.test)), reads)
    return
  }
  visit(term.left, guards, reads)
  visit(term.right, withGuards(guards, provenWhen(term.kind === 'and', term.left)), reads)
}

function withGuards(guards: Guards, more: ReadonlySet<string>): Guards {
  return guards === 'all' || more.size === 0 ? guards : union(guards, more)
}

const none: ReadonlySet<string> = new Set()

/** The names that must be defined when a term has given this outcome. */
export function provenWhen(outcome: boolean, term: Term): ReadonlySet<string> {
  switch (term.kind) {
    case 'defined':
      return outcome ? rootOf(term.of) : none
    case 'default':
      // `default(x, false)` can only be true when x is there.
      return outcome && isFalsyLiteral(term.otherwise) ? rootOf(term.of) : none
    case 'truthy':
      return provenWhen(outcome, term.of)
    case 'not':
      return provenWhen(!outcome, term.of)
    case 'and':
    case 'or': {
      const [left, right] = [provenWhen(outcome, term.left), provenWhen(outcome, term.right)]
      // Of "a and b" being true both are known; of its being false only that one of them is.
      return (term.kind === 'and') === outcome ? union(left, right) : intersection(left, right)
    }
    case 'call': {
      const [only] = term.args
      return term.definition.name === 'bool' && only ? provenWhen(outcome, only) : none
    }
    default:
      return none
  }
}

function isFalsyLiteral(term: Term): boolean {
  return term.kind === 'literal' ? !term.value : term.kind === 'list' && term.items.length === 0
}

function rootOf(term: Term): ReadonlySet<string> {
  if (term.kind === 'name') return new Set([term.name])
  return term.kind === 'member' || term.kind === 'index' ? rootOf(term.of) : none
}

function isChain(term: Term): boolean {
  return term.kind === 'member' || term.kind === 'index' || term.kind === 'name' || term.kind === 'local'
}

/** `hostvars.*.facts.os.family`; undefined for what is not a step-by-step read of a variable. */
function pathOf(term: Term): string | undefined {
  switch (term.kind) {
    case 'name':
      return term.name
    case 'name-or-call':
      return term.name.name
    case 'local': {
      const from = term.from && pathOf(term.from.term)
      return from !== undefined && term.from?.each ? `${from}.*` : from
    }
    case 'member':
      return extended(term.of, term.key)
    case 'index':
      return extended(term.of, term.key.kind === 'literal' ? String(term.key.value) : '*')
    case 'default':
      return pathOf(term.of)
    default:
      return undefined
  }
}

function extended(of: Term, step: string): string | undefined {
  const path = pathOf(of)
  return path === undefined ? undefined : `${path}.${step}`
}

function children(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'call':
      return term.args
    case 'not':
    case 'negate':
    case 'truthy':
      return [term.of]
    case 'binary':
      return [term.left, term.right]
    case 'list':
      return term.items
    case 'map':
      return term.entries.flat()
    case 'comprehension':
      return [term.over, ...(term.where ? [term.where] : []), term.body]
    case 'bind':
      return [term.value, term.body]
    case 'text':
      return term.parts
    case 'loop':
      return [term.over, term.body, term.otherwise]
    default:
      return []
  }
}
