import type { Phrase } from './phrase.ts'

/** How tightly each form binds; a looser one inside a tighter one needs parentheses. */
const binding: Readonly<Record<string, number>> = {
  or: 2,
  and: 3,
  '==': 4,
  '!=': 4,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  in: 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
}

const prefix = 8
const postfix = 9

/** The phrase in CEL. */
export function writeCel(phrase: Phrase): string {
  return written(phrase, 0)
}

function written(phrase: Phrase, outer: number): string {
  switch (phrase.kind) {
    case 'literal':
      return celLiteral(phrase.value)
    case 'name':
      return phrase.name
    case 'member':
    case 'index':
      return access(phrase)
    case 'call':
      return `${phrase.name}(${phrase.args.map(writeCel).join(', ')})`
    case 'list':
      return `[${phrase.items.map(writeCel).join(', ')}]`
    case 'dict':
      return `{${phrase.entries.map(([key, value]) => `${writeCel(key)}: ${writeCel(value)}`).join(', ')}}`
    case 'comprehension':
      return `${written(phrase.over, postfix)}.${phrase.macro}(it, ${writeCel(phrase.body)})`
    default:
      return operation(phrase, outer)
  }
}

type Operation = Extract<Phrase, { kind: 'binary' | 'not' | 'negate' | 'conditional' | 'concat' }>

function operation(phrase: Operation, outer: number): string {
  switch (phrase.kind) {
    case 'not':
      return `!${written(phrase.of, prefix)}`
    case 'negate':
      return `-${written(phrase.of, prefix)}`
    case 'conditional': {
      const { test, yes, no } = phrase
      return enclosed(`${written(test, 2)} ? ${written(yes, 2)} : ${written(no, 1)}`, outer > 1)
    }
    case 'concat':
      return enclosed(phrase.parts.map(asText).join(' + '), outer > 6)
    case 'binary': {
      const level = binding[phrase.operator] ?? 5
      const sign = phrase.operator === 'and' ? '&&' : phrase.operator === 'or' ? '||' : phrase.operator
      const both = `${written(phrase.left, level)} ${sign} ${written(phrase.right, level + 1)}`
      return enclosed(both, outer > level)
    }
  }
}

function enclosed(text: string, isNeeded: boolean): string {
  return isNeeded ? `(${text})` : text
}

function access(phrase: Extract<Phrase, { kind: 'member' | 'index' }>): string {
  const of = written(phrase.of, postfix)
  if (phrase.kind === 'member') return `${of}.${phrase.key}`
  const { key } = phrase
  const isWord = key.kind === 'literal' && typeof key.value === 'string' && /^[A-Za-z_]\w*$/.test(key.value)
  return isWord && !/^(?:in|true|false|null)$/.test(String(key.value))
    ? `${of}.${key.value}`
    : `${of}[${writeCel(key)}]`
}

function asText(phrase: Phrase): string {
  const isText = phrase.kind === 'literal' && typeof phrase.value === 'string'
  return isText ? writeCel(phrase) : `string(${writeCel(phrase)})`
}

function celLiteral(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value)
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
  return quote + escaped + quote
}
