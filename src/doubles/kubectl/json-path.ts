import { Refusal, refuse } from '../answer.ts'
import { isFields, listOf } from '../json.ts'

/** A piece of a template: text, or a way into a value. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Piece[] }

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly Step[]; readonly value: string }

/**
 * What a template of JSONPath prints about a value, as https://kubernetes.io/docs/reference/kubectl/jsonpath/ has them: fields,
 * indexes, `[*]`, filters by `==`, texts, `range` and `end`. What is missing is empty.
 */
export function jsonPath(template: string, value: unknown): string {
  const text = template.includes('{') ? template : `{${template.replace(/^\.?/, '.')}}`
  const words = [...text.matchAll(/\{((?:"[^"]*"|'[^']*'|[^}"'])*)\}|([^{]+)/g)]
  return printed(piecesOf(words.map(([, inside, outside]) => ({ inside: inside?.trim(), outside }))), value)
}

interface Word {
  readonly inside: string | undefined
  readonly outside: string | undefined
}

interface Parsing {
  /** Of the template, and of each range that is open. */
  readonly open: Piece[][]
  readonly ranges: (readonly Step[])[]
}

function piecesOf(words: readonly Word[]): readonly Piece[] {
  const parsing: Parsing = { open: [[]], ranges: [] }
  for (const { inside, outside } of words) {
    if (inside === undefined) keep(parsing, { kind: 'text', text: outside ?? '' })
    else takeAction(parsing, inside)
  }
  return parsing.open[0] ?? []
}

const keep = ({ open }: Parsing, piece: Piece): void => void open.at(-1)?.push(piece)

function takeAction(parsing: Parsing, action: string): void {
  if (action.startsWith('range')) {
    parsing.ranges.push(stepsOf(action.slice('range'.length).trim()))
    parsing.open.push([])
  } else if (action === 'end') {
    const steps = parsing.ranges.pop()
    if (!steps)
      throw new Refusal({ exit: 1, stderr: 'error: error parsing jsonpath, not in range, nothing to end\n' })
    const body = parsing.open.pop() ?? []
    keep(parsing, { kind: 'range', steps, body })
  } else if (/^["']/.test(action)) keep(parsing, { kind: 'text', text: unquoted(action) })
  else keep(parsing, { kind: 'path', steps: stepsOf(action) })
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
const unquoted = (text: string): string =>
  text.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter)

const stepPattern =
  /\.?\[\?\(@(?<filter>[^=]+?)\s*==\s*(?<quote>["']?)(?<value>[^"')]*)\k<quote>\)\]|\.?\[(?<index>-?\d+)\]|\.?\[\*\]|\.?\['(?<quoted>[^']+)'\]|\.\*|\.(?<name>(?:\\.|[^.[\\])+)/gy

function stepsOf(text: string): readonly Step[] {
  const path = text.replace(/^[$@]/, '')
  const found = [...path.matchAll(stepPattern)]
  if (found.map(([whole]) => whole).join('') !== path && path !== '.')
    refuse(1, `error: error parsing jsonpath {${text}}, unrecognized character in action`)
  return found.map(({ groups = {} }): Step => {
    const { filter, value = '', index, quoted, name } = groups
    if (filter !== undefined) return { kind: 'filter', path: stepsOf(filter.trim()), value }
    if (index !== undefined) return { kind: 'index', index: Number(index) }
    const field = quoted ?? name?.replaceAll(/\\(.)/g, '$1')
    return field === undefined ? { kind: 'all' } : { kind: 'field', name: field }
  })
}

function printed(pieces: readonly Piece[], value: unknown): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'text') return piece.text
      const found = valuesAt(piece.steps, value)
      return piece.kind === 'path'
        ? found.map(textOfValue).join(' ')
        : found.flatMap((one) => printed(piece.body, one)).join('')
    })
    .join('')
}

export const valuesAt = (steps: readonly Step[], value: unknown): readonly unknown[] =>
  steps.reduce<readonly unknown[]>((found, step) => found.flatMap((one) => next(one, step)), [value])

function next(value: unknown, step: Step): readonly unknown[] {
  if (step.kind === 'field')
    return isFields(value) && value[step.name] !== undefined ? [value[step.name]] : []
  if (step.kind === 'all') return isFields(value) ? Object.values(value) : listOf(value)
  if (step.kind === 'filter')
    return listOf(value).filter((one) =>
      valuesAt(step.path, one).some((found) => textOfValue(found) === step.value),
    )
  const item = listOf(value).at(step.index)
  return item === undefined ? [] : [item]
}

const textOfValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
