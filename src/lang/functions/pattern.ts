import { compileRegex, type RegexOptions } from '#base/regex.ts'
import type { RegexMatch } from '#base/regex-match.ts'
import { flagOf, integerOf, textOf } from './arguments.ts'
import type { FunctionDefinition } from './function-definition.ts'

/** Regular expressions are RE2; `regex_*` fall back to JavaScript's engine for what RE2 lacks, `matches` does not. */
export const patternFunctions: readonly FunctionDefinition[] = [
  {
    name: 'matches',
    signature: 'matches(text, pattern)',
    summary: 'Tells whether a regular expression matches anywhere in a text, in linear time.',
    example: ["matches('web01', '^web[0-9]+$')", true],
    call: ([text, pattern]) => compileRegex(textOf(pattern)).test(textOf(text)),
  },
  {
    name: 'regex_search',
    signature: 'regex_search(text, pattern, group…)',
    summary:
      'Gives what a regular expression matched, or a list of its groups (`1`, `\\g<name>`); else null.',
    example: ["regex_search('web01', '[0-9]+')", '01'],
    call: ([text, pattern, ...groups]) => {
      const match = regex(pattern).exec(textOf(text))
      if (!match) return null
      return groups.length === 0 ? match.text : groups.map((group) => groupOf(match, textOf(group)))
    },
  },
  {
    name: 'regex_findall',
    signature: 'regex_findall(text, pattern, multiline?, ignorecase?)',
    summary: 'Gives all matches as a list: the text, the group when there is one, or the list of groups.',
    example: ["regex_findall('a1 b22', '[0-9]+')", ['1', '22']],
    call: ([text, pattern, multiline, ignoreCase]) =>
      regex(pattern, { multiline: flagOf(multiline ?? false), ignoreCase: flagOf(ignoreCase ?? false) })
        .all(textOf(text))
        .map(({ text: whole, groups }) => (groups.length < 2 ? (groups[0] ?? whole) : groups)),
  },
  {
    name: 'regex_replace',
    signature: 'regex_replace(text, pattern, replacement, count?, ignorecase?, multiline?)',
    summary: 'Replaces what a regular expression matches; `\\1` and `\\g<name>` stand for its groups.',
    example: ["regex_replace('eth0', '([a-z]+)([0-9]+)', '\\\\2:\\\\1')", '0:eth'],
    call: ([text, pattern, by, count, ignoreCase, multiline]) =>
      regex(pattern, { ignoreCase: flagOf(ignoreCase), multiline: flagOf(multiline) }).replaceAll(
        textOf(text),
        textOf(by),
        count === undefined ? undefined : integerOf(count),
      ),
  },
  {
    name: 'regex_escape',
    signature: 'regex_escape(text)',
    summary: 'Writes a text so that a regular expression matches exactly it.',
    example: ["regex_escape('a.b')", 'a\\.b'],
    call: ([text]) => textOf(text).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  },
]

function regex(pattern: unknown, options: Omit<RegexOptions, 'fallback'> = {}) {
  return compileRegex(textOf(pattern), { ...options, fallback: true })
}

function groupOf(match: RegexMatch, written: string): string | null {
  const name = /^\\g<(\w+)>$/.exec(written)?.[1] ?? written.replace(/^\\/, '')
  if (/^\d+$/.test(name)) return (name === '0' ? match.text : match.groups[Number(name) - 1]) ?? null
  return match.named[name] ?? null
}
