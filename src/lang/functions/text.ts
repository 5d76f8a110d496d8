import { toText } from '#lang/to-text.ts'
import { integerOf, listOf, textOf } from './arguments.ts'
import { BadArgument, type FunctionDefinition } from './function-definition.ts'

const letters: readonly FunctionDefinition[] = [
  {
    name: 'lower',
    signature: 'lower(text)',
    summary: 'Gives the text in lower case.',
    example: ["lower('WEB')", 'web'],
    call: ([text]) => textOf(text).toLowerCase(),
  },
  {
    name: 'upper',
    signature: 'upper(text)',
    summary: 'Gives the text in upper case.',
    example: ["upper('web')", 'WEB'],
    call: ([text]) => textOf(text).toUpperCase(),
  },
  {
    name: 'capitalize',
    signature: 'capitalize(text)',
    summary: 'Gives the text with its first letter in upper and all others in lower case.',
    example: ["capitalize('wEB one')", 'Web one'],
    call: ([text]) => capitalized(textOf(text)),
  },
  {
    name: 'trim',
    signature: 'trim(text, characters?)',
    summary: 'Removes white space, or the given characters, from both ends.',
    example: ["trim('  a ')", 'a'],
    call: ([text, characters]) => trimmed(textOf(text), characters),
  },
]

const pieces: readonly FunctionDefinition[] = [
  {
    name: 'replace',
    signature: 'replace(text, old, new, count?)',
    summary: 'Replaces every occurrence of a text (or the first `count`) by another.',
    example: ["replace('a.b.c', '.', '-')", 'a-b-c'],
    call: ([text, old, by, count]) => replaced(textOf(text), [textOf(old), textOf(by)], count),
  },
  {
    name: 'split',
    signature: 'split(text, separator?, limit?)',
    summary: 'Splits text at a separator, by default at white space; with a limit, at most so many times.',
    example: ["split('a,b,c', ',')", ['a', 'b', 'c']],
    call: ([text, separator, limit]) => split(textOf(text), separator, limit),
  },
  {
    name: 'join',
    signature: 'join(list, separator?)',
    summary: 'Joins the items of a list to one text.',
    example: ["join(['a', 'b'], '-')", 'a-b'],
    call: ([list, separator]) =>
      listOf(list)
        .map(toText)
        .join(separator === undefined ? '' : textOf(separator)),
  },
  {
    name: 'substring',
    signature: 'substring(text, start, end?)',
    summary: 'Gives a part of a text; negative numbers count from its end.',
    example: ["substring('abcdef', 1, 3)", 'bc'],
    call: ([text, start, end]) =>
      textOf(text).slice(integerOf(start), end === undefined ? undefined : integerOf(end)),
  },
  {
    name: 'indent',
    signature: 'indent(text, width?, first?)',
    summary: 'Puts spaces (4 by default) before each line but the first; before the first too, if asked to.',
    example: ["indent('a\\nb', 2)", 'a\n  b'],
    call: ([text, width, first]) => indented(textOf(text), width, first === true),
  },
  {
    name: 'comment',
    signature: 'comment(text, prefix?)',
    summary: 'Puts a prefix, by default `# `, before each line.',
    example: ["comment('a\\nb')", '# a\n# b'],
    call: ([text, prefix]) => commented(textOf(text), prefix === undefined ? '# ' : textOf(prefix)),
  },
]

const tests: readonly FunctionDefinition[] = [
  {
    name: 'contains',
    signature: 'contains(text, part)',
    summary: 'Tells whether a text has a part.',
    example: ["contains('abc', 'b')", true],
    call: ([text, part]) => textOf(text).includes(textOf(part)),
  },
  {
    name: 'startsWith',
    signature: 'startsWith(text, start)',
    summary: 'Tells whether a text starts with another.',
    example: ["startsWith('abc', 'a')", true],
    call: ([text, start]) => textOf(text).startsWith(textOf(start)),
  },
  {
    name: 'endsWith',
    signature: 'endsWith(text, end)',
    summary: 'Tells whether a text ends with another.',
    example: ["endsWith('abc', 'a')", false],
    call: ([text, end]) => textOf(text).endsWith(textOf(end)),
  },
]

export const textFunctions = [...letters, ...pieces, ...tests]

function capitalized(text: string): string {
  const [first = '', ...others] = text
  return first.toUpperCase() + others.join('').toLowerCase()
}

function trimmed(text: string, characters: unknown): string {
  if (characters === undefined) return text.trim()
  const set = new Set(textOf(characters))
  const all = [...text]
  const start = all.findIndex((one) => !set.has(one))
  return start < 0 ? '' : all.slice(start, all.findLastIndex((one) => !set.has(one)) + 1).join('')
}

function replaced(text: string, [old, by]: readonly [string, string], count: unknown): string {
  if (count === undefined) return text.replaceAll(old, () => by)
  let result = text
  let from = 0
  for (let i = 0; i < integerOf(count); i++) {
    const at = result.indexOf(old, from)
    if (at < 0) break
    result = result.slice(0, at) + by + result.slice(at + old.length)
    from = at + by.length
  }
  return result
}

function split(text: string, separator: unknown, limit: unknown): string[] {
  const most = limit === undefined ? Number.POSITIVE_INFINITY : integerOf(limit)
  if (separator === undefined || separator === null) return words(text, most)
  const by = textOf(separator)
  if (by === '') throw new BadArgument('The separator is empty.')
  const parts = text.split(by)
  return parts.length <= most ? parts : [...parts.slice(0, most), parts.slice(most).join(by)]
}

function words(text: string, most: number): string[] {
  const found: string[] = []
  let rest = text.trimStart()
  while (rest !== '' && found.length < most) {
    const end = rest.search(/\s/)
    found.push(end < 0 ? rest : rest.slice(0, end))
    rest = end < 0 ? '' : rest.slice(end).trimStart()
  }
  return rest === '' ? found : [...found, rest.trimEnd()]
}

function indented(text: string, width: unknown, first: boolean): string {
  const space = typeof width === 'string' ? width : ' '.repeat(width === undefined ? 4 : integerOf(width))
  const lines = text.split('\n')
  return lines.map((line, i) => (line === '' || (i === 0 && !first) ? line : space + line)).join('\n')
}

/** Empty lines get the prefix without its trailing space. */
function commented(text: string, prefix: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.map((line) => (line === '' ? prefix.trimEnd() : prefix + line)).join('\n')
}
