import type { Arguments, Jinja } from './jinja-ast.ts'
import { jinjaTokens, type Token } from './jinja-tokens.ts'

/** Reads a Jinja expression; undefined when it is none. Precedence as in jinja2/parser.py. */
export function parseJinja(text: string): Jinja | undefined {
  const tokens = jinjaTokens(text)
  if (!tokens || tokens.length === 0) return undefined
  try {
    return new Parser(tokens).whole()
  } catch (error) {
    if (error instanceof NotJinja) return undefined
    throw error
  }
}

class NotJinja extends Error {}

const comparisons = ['==', '!=', '<', '<=', '>', '>=']

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Jinja {
    const result = this.#conditional()
    if (this.#at < this.#tokens.length) throw new NotJinja()
    return result
  }

  #conditional(): Jinja {
    let result = this.#or()
    while (this.#word('if')) {
      const test = this.#or()
      const no = this.#word('else') ? this.#conditional() : undefined
      result = { kind: 'conditional', test, yes: result, ...(no && { no }) }
    }
    return result
  }

  #or(): Jinja {
    let left = this.#and()
    while (this.#word('or')) left = { kind: 'binary', operator: 'or', left, right: this.#and() }
    return left
  }

  #and(): Jinja {
    let left = this.#not()
    while (this.#word('and')) left = { kind: 'binary', operator: 'and', left, right: this.#not() }
    return left
  }

  #not(): Jinja {
    return this.#word('not') ? { kind: 'not', of: this.#not() } : this.#comparison()
  }

  #comparison(): Jinja {
    let left = this.#sum()
    for (let operator = this.#comparator(); operator; operator = this.#comparator()) {
      left = { kind: 'binary', operator, left, right: this.#sum() }
    }
    return left
  }

  #comparator(): string | undefined {
    if (this.#word('in')) return 'in'
    if (this.#peek('name', 'not') && this.#tokens[this.#at + 1]?.text === 'in') {
      this.#at += 2
      return 'not in'
    }
    return comparisons.find((sign) => this.#sign(sign))
  }

  #sum(): Jinja {
    return this.#binary(['+', '-'], () =>
      this.#binary(['~'], () => this.#binary(['*', '/', '//', '%'], () => this.#power())),
    )
  }

  #binary(operators: readonly string[], operand: () => Jinja): Jinja {
    let left = operand()
    for (;;) {
      const operator = operators.find((sign) => this.#sign(sign))
      if (!operator) return left
      left = { kind: 'binary', operator, left, right: operand() }
    }
  }

  #power(): Jinja {
    return this.#binary(['**'], () => this.#filtered(this.#unary()))
  }

  #unary(): Jinja {
    if (this.#sign('-')) return { kind: 'negate', of: this.#unary() }
    if (this.#sign('+')) return this.#unary()
    return this.#postfix(this.#primary())
  }

  #filtered(start: Jinja): Jinja {
    let of = start
    for (;;) {
      if (this.#sign('|')) {
        const name = this.#dottedName()
        of = { kind: 'filter', name, of, args: this.#optionalArguments() }
      } else if (this.#word('is')) of = this.#test(of)
      else return of
    }
  }

  #test(of: Jinja): Jinja {
    const negated = this.#word('not')
    const name = this.#dottedName()
    return { kind: 'test', name, of, negated, args: this.#testArguments() }
  }

  #testArguments(): Arguments {
    if (this.#peek('sign', '(')) return this.#optionalArguments()
    const next = this.#tokens[this.#at]
    const isArgument =
      next && (next.kind !== 'sign' || next.text === '[') && !/^(?:else|or|and|is|if|not|in)$/.test(next.text)
    return { positional: isArgument ? [this.#postfix(this.#primary())] : [], named: new Map() }
  }

  #dottedName(): string {
    let name = this.#name()
    while (this.#sign('.')) name = this.#name()
    return name
  }

  #postfix(start: Jinja): Jinja {
    let of = start
    for (;;) {
      if (this.#sign('.')) of = this.#memberOf(of)
      else if (this.#sign('[')) {
        const key = this.#conditional()
        this.#expect(']')
        of = { kind: 'index', of, key }
      } else if (this.#peek('sign', '(')) of = { kind: 'call', of, args: this.#optionalArguments() }
      else return of
    }
  }

  #memberOf(of: Jinja): Jinja {
    const next = this.#next()
    if (next.kind === 'name') return { kind: 'member', of, key: next.text }
    if (next.kind === 'number')
      return { kind: 'index', of, key: { kind: 'literal', value: Number(next.text) } }
    throw new NotJinja()
  }

  #optionalArguments(): Arguments {
    const positional: Jinja[] = []
    const named = new Map<string, Jinja>()
    if (!this.#sign('(')) return { positional, named }
    while (!this.#sign(')')) {
      const isNamed = this.#tokens[this.#at]?.kind === 'name' && this.#tokens[this.#at + 1]?.text === '='
      if (isNamed) {
        const name = this.#name()
        this.#expect('=')
        named.set(name, this.#conditional())
      } else positional.push(this.#conditional())
      if (!this.#sign(',') && !this.#peek('sign', ')')) throw new NotJinja()
    }
    return { positional, named }
  }

  #primary(): Jinja {
    const next = this.#next()
    if (next.kind === 'string') return { kind: 'literal', value: next.text }
    if (next.kind === 'number') return { kind: 'literal', value: Number(next.text) }
    if (next.kind === 'name' && this.#peek('sign', '(')) return { kind: 'name', name: next.text }
    if (next.kind === 'name') return named(next.text)
    if (next.text === '(') return this.#parenthesized()
    if (next.text === '[') return { kind: 'list', items: this.#items(']') }
    if (next.text === '{') return { kind: 'dict', entries: this.#entries() }
    throw new NotJinja()
  }

  #parenthesized(): Jinja {
    const items = this.#items(')')
    const [only] = items
    return items.length === 1 && only ? only : { kind: 'list', items }
  }

  #items(end: string): readonly Jinja[] {
    const items: Jinja[] = []
    while (!this.#sign(end)) {
      items.push(this.#conditional())
      if (!this.#sign(',') && !this.#peek('sign', end)) throw new NotJinja()
    }
    return items
  }

  #entries(): readonly (readonly [Jinja, Jinja])[] {
    const entries: (readonly [Jinja, Jinja])[] = []
    while (!this.#sign('}')) {
      const key = this.#conditional()
      this.#expect(':')
      entries.push([key, this.#conditional()])
      if (!this.#sign(',') && !this.#peek('sign', '}')) throw new NotJinja()
    }
    return entries
  }

  #next(): Token {
    const token = this.#tokens[this.#at++]
    if (!token) throw new NotJinja()
    return token
  }

  #name(): string {
    const token = this.#next()
    if (token.kind !== 'name') throw new NotJinja()
    return token.text
  }

  #peek(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === kind && token.text === text
  }

  #word(text: string): boolean {
    return this.#take('name', text)
  }

  #sign(text: string): boolean {
    return this.#take('sign', text)
  }

  #take(kind: Token['kind'], text: string): boolean {
    if (!this.#peek(kind, text)) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (!this.#sign(text)) throw new NotJinja()
  }
}

const words: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
  ['null', null],
])

const keywords = new Set(['and', 'or', 'not', 'if', 'else', 'is', 'in'])

function named(name: string): Jinja {
  if (keywords.has(name)) throw new NotJinja()
  const value = words.get(name)
  return value === undefined ? { kind: 'name', name } : { kind: 'literal', value }
}
