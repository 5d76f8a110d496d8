import { parseHandlebars } from '#lang/handlebars-parser.ts'
import { handlebarsTerm } from '#lang/handlebars-term.ts'
import type { Place } from '#lang/place.ts'
import { diagnosticOf, SyntaxProblem } from '#lang/syntax-problem.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import { celOfJinja } from './jinja-as-cel.ts'
import { parseJinja } from './parse-jinja.ts'
import { Untranslatable } from './phrase.ts'
import { translateJinja } from './translate-jinja.ts'
import { writeHandlebars } from './write-handlebars.ts'

/** When the expression that Handlebars refuses is Jinja: the problem said as such, with the same in Handlebars. */
export function jinjaInTemplate(text: string, problem: SyntaxProblem): SyntaxProblem | undefined {
  const mustache = mustacheAround(text, problem.span.start)
  if (!mustache) return undefined
  const [whole, left = '', inside = '', right = ''] = mustache
  const parsed = parseJinja(inside)
  if (!parsed) return undefined
  const template = handlebarsOf(inside)
  const span = { start: mustache.index, end: mustache.index + whole.length }
  if (template !== undefined) {
    const trimmed = template.replace(/^\{\{/, left ? '{{~' : '{{').replace(/\}\}$/, right ? '~}}' : '}}')
    return new SyntaxProblem('This is written in Jinja.', span, {
      code: 'jinja-syntax',
      remedy: `Write: ${trimmed}`,
    })
  }
  // What Handlebars can parse has only a wrong name in it.
  if (isHandlebars(text)) return undefined
  // What needs a variable of its own, as `map('upper')` does, only CEL can say.
  const cel = whole.length === text.length ? celOfJinja(inside) : undefined
  const remedy = cel === undefined ? general : `Write: !expr ${quotedForYaml(cel)}`
  return new SyntaxProblem('This is written in Jinja.', span, { code: 'jinja-syntax', remedy })
}

const general =
  'In Handlebars, write {{f x}} for "x | f" and {{f a b}} for "f(a, b)"; or tag the value !expr and write CEL.'

function quotedForYaml(cel: string): string {
  const isPlain = !/^[^A-Za-z_(]|: | #|: *$/.test(cel)
  return isPlain ? cel : `'${cel.replaceAll("'", "''")}'`
}

const mustaches = /\{\{(?![{#/^>!&~])(-?)((?:'[^']*'|"[^"]*"|[^{}'"]|\{(?!\{)[^{}]*\})*?)(-?)\}\}/g

function mustacheAround(text: string, at: number): RegExpExecArray | undefined {
  const all = [...text.matchAll(mustaches)]
  return all.find((match) => match.index <= at && at < match.index + match[0].length) ?? undefined
}

function handlebarsOf(inside: string): string | undefined {
  const parsed = parseJinja(inside)
  if (!parsed) return undefined
  try {
    const template = writeHandlebars(translateJinja(parsed))
    handlebarsTerm(template)
    return template
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof SyntaxProblem) return undefined
    throw error
  }
}

function isHandlebars(text: string): boolean {
  try {
    parseHandlebars(text)
    return true
  } catch {
    return false
  }
}

const tags =
  /\{%[-+]?\s*(if|elif|else|endif|for|endfor|set|macro|endmacro|include|raw|endraw|block|filter|import)\b[\s\S]*?%\}/g

const remedies: Readonly<Record<string, string>> = {
  if: 'Write {{#if x}} … {{/if}}; for a comparison {{#if (eq a b)}}.',
  elif: 'Write {{else if x}}.',
  else: 'Write {{else}}.',
  endif: 'Write {{/if}}.',
  for: 'Write {{#each list as |item|}} … {{/each}}.',
  endfor: 'Write {{/each}}.',
  set: 'Set it under "vars".',
  raw: 'Write {{{{raw}}}} … {{{{/raw}}}}.',
  endraw: 'Write {{{{/raw}}}}.',
}

/**
 * Jinja's statements in a template. Handlebars would write them into the file as they stand, which nobody
 * wants; text that is meant for another Jinja stands in `{{{{raw}}}}` or is tagged `!unsafe`.
 */
export function jinjaTags(text: string, place: Place): readonly Diagnostic[] {
  if (!text.includes('{%')) return []
  const visible = text.replace(/\{\{\{\{\s*raw\s*\}\}\}\}[\s\S]*?\{\{\{\{\s*\/raw\s*\}\}\}\}/g, (raw) =>
    ' '.repeat(raw.length),
  )
  return [...visible.matchAll(tags)].map((match) => {
    const [whole, word = ''] = match
    const span = { start: match.index, end: match.index + whole.length }
    const otherwise =
      'Templates are Handlebars. To write it literally, put it into {{{{raw}}}} or tag the value !unsafe.'
    const problem = new SyntaxProblem(`"{% ${word} %}" is Jinja.`, span, {
      remedy: remedies[word] ?? otherwise,
    })
    return diagnosticOf(problem, 'jinja-syntax', place)
  })
}
