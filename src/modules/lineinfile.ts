import fileContent from '#facts/file-content.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { inCharactersOf } from '#sdk/byte-text.ts'
import { foretellText } from '#sdk/foretell-text.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { attributeData, type PathState, touchedBy } from '#sdk/path-state.ts'
import {
  applyTextFile,
  editableText,
  type TextFile,
  textFile,
  textFileAliases,
  textFileArgs,
  textFileChanges,
} from '#sdk/text-file.ts'
import { insertLines, joinLines, splitLines, type TextLine } from '#sdk/text-lines.ts'
import { userRegex } from '#sdk/user-regex.ts'

const args = t.Args({
  ...textFileArgs,
  line: t.Optional(
    t.String({ description: 'The line that shall be there. With `backrefs`, a template with `\\1`.' }),
  ),
  regexp: t.Optional(
    t.String({ description: 'The line to replace (the last one that matches), or all lines to remove.' }),
  ),
  search_string: t.Optional(
    t.String({ description: 'As `regexp`, for text that stands in the line as it is.' }),
  ),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the line is there.', default: 'present' }),
  ),
  backrefs: t.Optional(
    t.Boolean({
      description: 'Fill groups of `regexp` into `line`; without a match nothing is done.',
      default: false,
    }),
  ),
  insertafter: t.Optional(
    t.String({
      description: 'Where a new line goes: `EOF`, or after the last line that matches this pattern.',
    }),
  ),
  insertbefore: t.Optional(
    t.String({
      description: 'Where a new line goes: `BOF`, or before the last line that matches this pattern.',
    }),
  ),
  firstmatch: t.Optional(
    t.Boolean({ description: 'The first match counts, not the last one.', default: false }),
  ),
  create: t.Optional(t.Boolean({ description: 'Make the file when it is missing.', default: false })),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Makes sure that a line is, or is not, in a text file.',
  description:
    'Lines keep their ends: files with CRLF keep it, a missing last newline stays missing unless something is added behind it. Files that are not UTF-8 keep their bytes.',
  args,
  argumentAliases: { ...textFileAliases, value: 'line', regex: 'regexp' },
  examples: [
    {
      title: 'Forbid root to log in',
      args: { path: '/etc/ssh/sshd_config', regexp: '^#?PermitRootLogin', line: 'PermitRootLogin no' },
    },
    {
      title: 'Remove a host',
      args: { path: '/etc/hosts', regexp: '\\sold\\.example\\.com$', state: 'absent' },
    },
    {
      title: 'Keep a part of the line',
      args: { path: '/etc/default/grub', regexp: '^(GRUB_TIMEOUT=)\\d+', line: '\\g<1>3', backrefs: true },
    },
  ],

  async probe({ args, host }): Promise<TextFile> {
    const [place, content] = await Promise.all([
      host.fact(pathState, args.path),
      host.fact(fileContent, args.path),
    ])
    return textFile(host, place, content)
  },

  plan({ args, state }): readonly Change[] {
    checkArguments(args)
    if (args.state === 'absent' && isMissing(state)) return []
    const before = editableText(state, args.create ?? false)
    const edited = edit(
      splitLines(before.text),
      inFile(args, (text) => inCharactersOf(before, text)),
    )
    return textFileChanges(args, state, joinLines(edited.lines))
  },

  isMoot: ({ args, state }) => args.state === 'absent' && isMissing(state),

  apply: ({ args, state, changes, host }) => applyTextFile(host, args, { file: state, changes }),

  result({ args, state, changes, applied }) {
    const { before, after } = changes.find(({ diff }) => diff)?.diff ?? {}
    const removed = splitLines(before ?? '').length - splitLines(after ?? '').length
    const data = {
      path: state.place.path,
      backup: applied?.backup ?? '',
      ...attributeData(state.place.followed),
    }
    if (changes.length === 0) return { data }
    if (after === undefined) return { msg: 'ownership or permissions changed', data }
    if (args.state === 'absent')
      return { msg: `${removed} line(s) removed`, data: { ...data, found: removed } }
    return { msg: removed < 0 ? 'line added' : 'line replaced', data }
  },

  writesOnce: ({ state }) => state.place.hasParent,
  foretells: (context) => foretellText(context, { pathState, fileContent }),

  touches: ({ state }) => touchedBy(state.place),
})

const isMissing = ({ place }: { readonly place: PathState }): boolean =>
  place.followed === undefined && place.entry === undefined

function checkArguments(args: Args): void {
  const { regexp, search_string, line, state, backrefs, insertafter, insertbefore } = args
  if (regexp !== undefined && search_string !== undefined) {
    throw new TaskFailure('"regexp" and "search_string" exclude each other.')
  }
  if (insertafter !== undefined && insertbefore !== undefined) {
    throw new TaskFailure('"insertafter" and "insertbefore" exclude each other.')
  }
  if (state === 'absent') {
    if (regexp ?? search_string ?? line) return
    throw new TaskFailure('One of "line", "search_string" or "regexp" is needed to remove lines.')
  }
  if (line === undefined) throw new TaskFailure('"line" is needed with "state: present".')
  if (backrefs && regexp === undefined) throw new TaskFailure('"regexp" is needed with "backrefs: true".')
}

/** The texts among the arguments, in the characters that the file is read in. */
function inFile(args: Args, convert: (text: string) => string): Args {
  const texts = ['line', 'regexp', 'search_string', 'insertafter', 'insertbefore'] as const
  const converted = texts.flatMap((name) => {
    const text = args[name]
    return text === undefined ? [] : [[name, convert(text)] as const]
  })
  return { ...args, ...Object.fromEntries(converted) }
}

interface Edited {
  readonly lines: readonly TextLine[]
}

type Test = (text: string) => boolean

function edit(lines: readonly TextLine[], args: Args): Edited {
  const test = lineTest(args)
  if (args.state === 'absent')
    return { lines: lines.filter(({ text }) => !(test ?? isExactly(args.line))(text)) }
  const line = args.line ?? ''
  const found = test ? matchIndex(lines, test, args.firstmatch) : -1
  if (found >= 0) return replaceLine(lines, found, args.backrefs ? expanded(args, lines[found]) : line)
  if (lines.some(({ text }) => text === line) || args.backrefs) return { lines }
  return insert(lines, line, args)
}

const isExactly =
  (line: string | undefined): Test =>
  (text) =>
    text === line

/** What says which line is meant; undefined when only the line itself does. */
function lineTest({ regexp, search_string: part }: Args): Test | undefined {
  if (part !== undefined) return (text) => text.includes(part)
  if (regexp === undefined) return undefined
  const regex = userRegex(regexp)
  return (text) => regex.test(text)
}

function matchIndex(lines: readonly TextLine[], test: Test, first = false): number {
  return first ? lines.findIndex(({ text }) => test(text)) : lines.findLastIndex(({ text }) => test(text))
}

/** The template filled with the groups of the match; what stands around the match goes. */
function expanded({ regexp = '', line = '' }: Args, found: TextLine | undefined): string {
  const text = found?.text ?? ''
  const regex = userRegex(regexp)
  const match = regex.exec(text)
  if (!match) return text
  const behind = text.length - match.index - match.text.length
  const whole = regex.replaceAll(text, line, 1)
  return whole.slice(match.index, whole.length - behind)
}

function replaceLine(lines: readonly TextLine[], index: number, text: string): Edited {
  if (lines[index]?.text === text) return { lines }
  return { lines: lines.map((line, i) => (i === index ? { ...line, text } : line)) }
}

function insert(lines: readonly TextLine[], line: string, args: Args): Edited {
  const { insertafter, insertbefore, firstmatch } = args
  if (insertbefore === 'BOF' || insertafter === 'BOF') return { lines: insertLines(lines, 0, [line]) }
  const pattern = insertbefore ?? insertafter ?? 'EOF'
  const regex = pattern === 'EOF' ? undefined : userRegex(pattern)
  const found = regex ? matchIndex(lines, (text) => regex.test(text), firstmatch) : -1
  if (found < 0) return { lines: insertLines(lines, lines.length, [line]) }
  return { lines: insertLines(lines, insertbefore === undefined ? found + 1 : found, [line]) }
}
