import type { Diagnostic } from '#model/diagnostic.ts'
import type { YamlError } from './independent-errors.ts'
import type { LineIndex } from './line-index.ts'
import { unquotedTemplate } from './unquoted-template.ts'

/** Turns the parser's errors into diagnostics: one for each line, in the order of the text, and one for all tabs. */
export function explainYamlErrors(
  errors: readonly YamlError[],
  text: string,
  lines: LineIndex,
): readonly Diagnostic[] {
  const byLine = new Map<number, Diagnostic>()
  for (const error of errors) {
    const diagnostic = diagnose(error, text, lines)
    const line = diagnostic.range?.start.line ?? 0
    if (!byLine.has(line)) byLine.set(line, diagnostic)
  }
  const inOrder = [...byLine.values()].sort(
    (a, b) => (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0),
  )
  const firstTab = inOrder.find(({ code }) => code === 'yaml-tab')
  return inOrder.filter((diagnostic) => diagnostic.code !== 'yaml-tab' || diagnostic === firstTab)
}

function diagnose(error: YamlError, text: string, lines: LineIndex): Diagnostic {
  const start = Math.max(0, Math.min(error.pos[0], text.length))
  const lineStart = startOfLine(text, start)
  const template = unquotedTemplate(text.slice(lineStart, endOfLine(text, start)))
  if (template) {
    const range = lines.range(lineStart + template.start, lineStart + template.end)
    return { severity: 'error', range, ...(template.beginsValue ? unquoted : unquotedInside) }
  }
  const end = Math.max(start, Math.min(error.pos[1], endOfLine(text, start)))
  // Whatever else the parser makes of such a line, the tab is what is wrong with it.
  const explanation = /^ *\t\s*$/.test(text.slice(lineStart, start)) ? tabAsIndent : explain(error)
  return { severity: 'error', range: lines.range(start, end), ...explanation }
}

type Explanation = Pick<Diagnostic, 'code' | 'message' | 'remedy'>

/** What a template without quotes means: braces begin a mapping, and the mapping's key is another one. */
export const unquoted: Explanation = {
  code: 'yaml-syntax',
  message: 'A value that starts with "{{" must be quoted.',
  remedy: 'Put quotes around the whole value.',
}

const unquotedInside: Explanation = {
  code: 'yaml-syntax',
  message: 'Inside { } and [ ] a value that holds "{{" must be quoted.',
  remedy: 'Put quotes around the whole value.',
}

function explain(error: YamlError): Explanation {
  if (/^(A block sequence may not|Sequence item without)/.test(error.message)) return wrongIndent
  const open = /^Flow (?:map|sequence) in block collection must .* end with a (.)/.exec(error.message)?.[1]
  if (open !== undefined) return unclosed(open)
  return explanations[error.code] ?? byMessage(error)
}

const unclosed = (bracket: string): Explanation => ({
  code: 'yaml-syntax',
  message: `A "${bracket === ']' ? '[' : '{'}" above is not closed where it has to be.`,
  remedy: `Write the missing "${bracket}", or indent the lines inside more than the key.`,
})

const wrongIndent: Explanation = {
  code: 'yaml-syntax',
  message: 'This line is indented differently from the lines it belongs to.',
  remedy: 'Give all entries of a mapping or list the same indentation.',
}

const tabAsIndent: Explanation = {
  code: 'yaml-tab',
  message: 'A tab is used for indentation.',
  remedy: 'Indent with spaces.',
}

const explanations: Readonly<Record<string, Explanation>> = {
  TAB_AS_INDENT: tabAsIndent,
  BAD_INDENT: wrongIndent,
  MULTIPLE_DOCS: {
    code: 'yaml-syntax',
    message: 'The file holds more than one YAML document.',
    remedy: 'Keep one document; move what follows the second "---" to a file of its own.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    code: 'yaml-syntax',
    message: 'A mapping cannot begin here: the line already has a key and its value.',
    remedy: 'Put the value in quotes if it holds a colon, or check the indentation of the next line.',
  },
  MULTILINE_IMPLICIT_KEY: {
    code: 'yaml-syntax',
    message: 'A key must stand on one line and be followed by a colon.',
    remedy: 'Write "key: value", or check the quotes and indentation of the lines above.',
  },
  BAD_SCALAR_START: {
    code: 'yaml-syntax',
    message: 'Plain text cannot start with this character.',
    remedy: 'Put the whole value in quotes.',
  },
  BAD_DQ_ESCAPE: {
    code: 'yaml-syntax',
    message: 'A backslash in double quotes is followed by a character that it cannot escape.',
    remedy: 'Use single quotes, or write the backslash twice.',
  },
  RESOURCE_EXHAUSTION: {
    code: 'yaml-limit',
    message: 'The file nests deeper than 100 levels.',
    remedy: 'Flatten the structure.',
  },
}

function byMessage(error: YamlError): Explanation {
  const text = error.message.endsWith('.') ? error.message : `${error.message}.`
  if (text.startsWith('Missing closing')) {
    return { code: 'yaml-syntax', message: 'A quote is opened and not closed.', remedy: 'Close the quote.' }
  }
  if (text.startsWith('Implicit map keys need')) {
    return {
      code: 'yaml-syntax',
      message: 'This line has no colon, so it is neither a key nor a value.',
      remedy: 'Write "key: value", or indent the line if it continues the text above.',
    }
  }
  return { code: 'yaml-syntax', message: text, remedy: remedies[error.code] ?? 'Correct the YAML here.' }
}

const remedies: Readonly<Record<string, string>> = {
  MISSING_CHAR: 'Add the missing character.',
  BLOCK_IN_FLOW: 'Inside [ ] and { } write lists and mappings with [ ] and { } as well.',
  BAD_ALIAS: 'If "*" or "&" is meant as text, put the value in quotes.',
  UNEXPECTED_TOKEN: 'Check the indentation, quotes and brackets of this line and the one above.',
}

function startOfLine(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1
}

function endOfLine(text: string, from: number): number {
  const end = text.slice(from).search(/[\r\n]/)
  return end < 0 ? text.length : from + end
}
