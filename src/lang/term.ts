import type { FunctionDefinition } from './functions/function-definition.ts'
import type { Span } from './span.ts'

/**
 * What CEL and Handlebars both become: one small language with one evaluator, so that a function, a missing
 * key or a secret means the same in a condition and in a template.
 *
 * Local variables (loop items, comprehension variables) live in numbered slots, decided when compiling.
 */
export type Term =
  | Literal
  | Name
  | Local
  | Member
  | Index
  | Call
  | NameOrCall
  | Unary
  | Binary
  | Logical
  | Conditional
  | Defined
  | Default
  | ListTerm
  | MapTerm
  | Comprehension
  | Bind
  | Text
  | Loop

export interface Literal {
  readonly kind: 'literal'
  readonly value: unknown
  readonly span: Span
}

/** A variable of the host. */
export interface Name {
  readonly kind: 'name'
  readonly name: string
  readonly span: Span
}

/** A local variable. `from` is what its value is part of (its items, when `each`), for the paths that are read. */
export interface Local {
  readonly kind: 'local'
  readonly slot: number
  readonly label: string
  readonly from?: { readonly term: Term; readonly each: boolean }
  readonly span: Span
}

export interface Member {
  readonly kind: 'member'
  readonly of: Term
  readonly key: string
  /** A bare name inside `#each` or `#with`, which Handlebars looks up in the item. */
  readonly bare?: boolean
  readonly span: Span
}

export interface Index {
  readonly kind: 'index'
  readonly of: Term
  readonly key: Term
  readonly span: Span
}

export interface Call {
  readonly kind: 'call'
  readonly definition: FunctionDefinition
  readonly args: readonly Term[]
  readonly span: Span
}

/** `{{now}}`: the variable of that name if there is one, else the function without arguments. */
export interface NameOrCall {
  readonly kind: 'name-or-call'
  readonly name: Name
  readonly call: Call
  readonly span: Span
}

export interface Unary {
  readonly kind: 'not' | 'negate' | 'truthy'
  readonly of: Term
  readonly span: Span
}

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

export interface Binary {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Term
  readonly right: Term
  readonly span: Span
}

export interface Logical {
  readonly kind: 'and' | 'or'
  readonly left: Term
  readonly right: Term
  readonly span: Span
}

/** `test` must be boolean. */
export interface Conditional {
  readonly kind: 'conditional'
  readonly test: Term
  readonly whenTrue: Term
  readonly whenFalse: Term
  readonly span: Span
}

export interface Defined {
  readonly kind: 'defined'
  readonly of: Term
  readonly span: Span
}

export interface Default {
  readonly kind: 'default'
  readonly of: Term
  readonly otherwise: Term
  /** When it is true, empty values are replaced too. */
  readonly whenEmpty?: Term
  readonly span: Span
}

export interface ListTerm {
  readonly kind: 'list'
  readonly items: readonly Term[]
  readonly span: Span
}

export interface MapTerm {
  readonly kind: 'map'
  readonly entries: readonly (readonly [Term, Term])[]
  readonly span: Span
}

/** CEL's `list.map(x, …)`, `.filter`, `.all`, `.exists`, `.exists_one`. */
export interface Comprehension {
  readonly kind: 'comprehension'
  readonly mode: 'map' | 'filter' | 'all' | 'exists' | 'exists_one'
  readonly over: Term
  readonly slot: number
  /** Only the items for which it holds (the three-argument `map`). */
  readonly where?: Term
  readonly body: Term
  readonly span: Span
}

export interface Bind {
  readonly kind: 'bind'
  readonly slot: number
  readonly value: Term
  readonly body: Term
  readonly span: Span
}

/** Pieces written one after the other. */
export interface Text {
  readonly kind: 'text'
  readonly parts: readonly Term[]
  readonly span: Span
}

/** `#each`. */
export interface Loop {
  readonly kind: 'loop'
  readonly over: Term
  readonly slots: { item: number; index: number; key: number; first: number; last: number }
  readonly body: Term
  readonly otherwise: Term
  readonly span: Span
}
