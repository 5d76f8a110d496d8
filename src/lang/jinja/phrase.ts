/**
 * What a Jinja expression means in tsplay's own functions and operators, before it is written as CEL or as
 * Handlebars. Only what both languages can say, apart from `comprehension`, which is CEL's.
 */
export type Phrase =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Phrase; readonly key: string }
  | { readonly kind: 'index'; readonly of: Phrase; readonly key: Phrase }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Phrase[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Phrase; readonly right: Phrase }
  | { readonly kind: 'not' | 'negate'; readonly of: Phrase }
  | { readonly kind: 'conditional'; readonly test: Phrase; readonly yes: Phrase; readonly no: Phrase }
  | { readonly kind: 'list'; readonly items: readonly Phrase[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Phrase, Phrase])[] }
  | { readonly kind: 'comprehension'; readonly over: Phrase; readonly macro: string; readonly body: Phrase }
  | { readonly kind: 'concat'; readonly parts: readonly Phrase[] }

/** Thrown when there is no mechanical translation. */
export class Untranslatable extends Error {}

export const call = (name: string, ...args: readonly Phrase[]): Phrase => ({ kind: 'call', name, args })
export const text = (value: string): Phrase => ({ kind: 'literal', value })
export const binary = (left: Phrase, operator: string, right: Phrase): Phrase => ({
  kind: 'binary',
  operator,
  left,
  right,
})
export const not = (of: Phrase): Phrase => ({ kind: 'not', of })
