import { type Context, createContext, Script } from 'node:vm'
import { type RegexEngine, RegexError, type RegexMatch } from './regex-match.ts'

interface Pattern {
  readonly source: string
  readonly flags: string
  /** As the user wrote it. */
  readonly written: string
}

/**
 * A pattern run by JavaScript's own engine, whose time can explode with the text. It runs inside `node:vm`,
 * the only place where V8 can be told to give up: a search throws a RegexError when its limit is over.
 */
export function backtrackingEngine({ source, flags, written }: Pattern, limitMs = 1000): RegexEngine {
  const compiled = compile(source, `${flags}g`, written)
  return (text, from) => search(compiled, { text, from, limitMs })
}

function compile(source: string, flags: string, written: string): RegExp {
  const unique = [...new Set(flags)].join('')
  try {
    return new RegExp(source, `${unique}u`)
  } catch {
    // Flag `u` refuses needless backslashes, which Python's dialect allows.
  }
  try {
    return new RegExp(source, unique)
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw new RegexError(`The pattern "${written}" is not a regular expression: ${reason}.`, { cause: error })
  }
}

let context: Context | undefined
const script = new Script('pattern.exec(text)')

interface Search {
  readonly text: string
  readonly from: number
  readonly limitMs: number
}

function search(pattern: RegExp, { text, from, limitMs }: Search): RegexMatch | undefined {
  if (from > text.length) return undefined
  pattern.lastIndex = from
  context ??= createContext(Object.create(null))
  context['pattern'] = pattern
  context['text'] = text
  try {
    return matchOf(script.runInContext(context, { timeout: limitMs }))
  } catch (error) {
    throw new RegexError(
      `The pattern "${pattern.source}" took longer than ${limitMs / 1000} s. Write it without nested repetition, or without look-around so that a linear engine can run it.`,
      { cause: error },
    )
  }
}

function matchOf(found: RegExpExecArray | null): RegexMatch | undefined {
  if (!found) return undefined
  return { index: found.index, text: found[0], groups: found.slice(1), named: { ...found.groups } }
}
