/** Jinja's expressions, as far as playbooks use them. Read only to tell people how tsplay writes the same. */
export type Jinja =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Jinja; readonly key: string }
  | { readonly kind: 'index'; readonly of: Jinja; readonly key: Jinja }
  | { readonly kind: 'call'; readonly of: Jinja; readonly args: Arguments }
  | { readonly kind: 'filter'; readonly name: string; readonly of: Jinja; readonly args: Arguments }
  | TestOf
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Jinja; readonly right: Jinja }
  | { readonly kind: 'not' | 'negate'; readonly of: Jinja }
  | { readonly kind: 'conditional'; readonly test: Jinja; readonly yes: Jinja; readonly no?: Jinja }
  | { readonly kind: 'list'; readonly items: readonly Jinja[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Jinja, Jinja])[] }

export interface TestOf {
  readonly kind: 'test'
  readonly name: string
  readonly of: Jinja
  readonly args: Arguments
  readonly negated: boolean
}

export interface Arguments {
  readonly positional: readonly Jinja[]
  readonly named: ReadonlyMap<string, Jinja>
}
