import { type Phrase, Untranslatable } from './phrase.ts'

/** The phrase as a template: `{{upper name}}`; joined texts become text with braces in it. */
export function writeHandlebars(phrase: Phrase): string {
  if (phrase.kind === 'concat') return phrase.parts.map(piece).join('')
  return `{{${inner(phrase)}}}`
}

function piece(phrase: Phrase): string {
  const isText = phrase.kind === 'literal' && typeof phrase.value === 'string'
  return isText && !String(phrase.value).includes('{{') ? String(phrase.value) : `{{${inner(phrase)}}}`
}

/** Without the parentheses that it would need inside another. */
function inner(phrase: Phrase): string {
  const text = argument(phrase)
  return text.startsWith('(') ? text.slice(1, -1) : text
}

const operators: Readonly<Record<string, string>> = {
  and: 'and',
  or: 'or',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  in: 'in',
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
}

function argument(phrase: Phrase): string {
  switch (phrase.kind) {
    case 'literal':
      return literal(phrase.value)
    case 'name':
      return phrase.name
    case 'member':
    case 'index':
      return access(phrase)
    case 'call':
      return invocation(phrase.name, phrase.args)
    case 'list':
      return invocation('list', phrase.items)
    case 'dict':
      return `(dict ${phrase.entries.map(entry).join(' ')})`
    case 'not':
      return invocation('not', [phrase.of])
    case 'negate':
      return negated(phrase.of)
    case 'conditional':
      return invocation('ternary', [phrase.test, phrase.yes, phrase.no])
    case 'concat':
      return invocation('join', [{ kind: 'list', items: phrase.parts }])
    case 'binary':
      return invocation(operators[phrase.operator] ?? phrase.operator, [phrase.left, phrase.right])
    case 'comprehension':
      throw new Untranslatable()
  }
}

function invocation(name: string, args: readonly Phrase[]): string {
  return `(${[name, ...args.map(argument)].join(' ')})`
}

function negated(of: Phrase): string {
  if (of.kind === 'literal' && typeof of.value === 'number') return String(-of.value)
  return `(subtract 0 ${argument(of)})`
}

function entry([key, value]: readonly [Phrase, Phrase]): string {
  const isWord = key.kind === 'literal' && typeof key.value === 'string' && /^[A-Za-z_]\w*$/.test(key.value)
  if (!isWord) throw new Untranslatable()
  return `${key.value}=${argument(value)}`
}

/** A path as long as each step is known; `lookup` for what is computed or not a path at all. */
function access(phrase: Extract<Phrase, { kind: 'member' | 'index' }>): string {
  const of = argument(phrase.of)
  const key =
    phrase.kind === 'member' ? phrase.key : phrase.key.kind === 'literal' ? phrase.key.value : undefined
  const isPath = /^[\w.[\]-]+$/.test(of) && (typeof key === 'string' || typeof key === 'number')
  if (!isPath || String(key).includes(']')) {
    const step: Phrase = phrase.kind === 'member' ? { kind: 'literal', value: phrase.key } : phrase.key
    return `(lookup ${of} ${argument(step)})`
  }
  return /^[A-Za-z_]\w*$/.test(String(key)) ? `${of}.${key}` : `${of}.[${key}]`
}

/** Handlebars knows no escape but that of the quote itself. */
function literal(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value)
  if (!value.includes("'")) return `'${value}'`
  return `"${value.replaceAll('"', '\\"')}"`
}
