import fileContent from '#facts/file-content.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { inCharactersOf } from '#sdk/byte-text.ts'
import { foretellText } from '#sdk/foretell-text.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { attributeData, touchedBy } from '#sdk/path-state.ts'
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
  block: t.Optional(
    t.String({ description: 'The lines between the markers. Empty: the block is removed.', default: '' }),
  ),
  state: t.Optional(
    t.Choice(['present', 'absent'], { description: 'Whether the block is there.', default: 'present' }),
  ),
  marker: t.Optional(
    t.String({
      description: 'The line before and after the block; `{mark}` becomes `marker_begin` and `marker_end`.',
      pattern: '\\{mark\\}',
      default: '# {mark} ANSIBLE MANAGED BLOCK',
    }),
  ),
  marker_begin: t.Optional(t.String({ description: 'The word in the first marker.', default: 'BEGIN' })),
  marker_end: t.Optional(t.String({ description: 'The word in the last marker.', default: 'END' })),
  insertafter: t.Optional(
    t.String({
      description: 'Where a new block goes: `EOF`, or after the last line that matches this pattern.',
    }),
  ),
  insertbefore: t.Optional(
    t.String({
      description: 'Where a new block goes: `BOF`, or before the last line that matches this pattern.',
    }),
  ),
  create: t.Optional(t.Boolean({ description: 'Make the file when it is missing.', default: false })),
  prepend_newline: t.Optional(
    t.Boolean({ description: 'An empty line before the block, unless it begins the file.', default: false }),
  ),
  append_newline: t.Optional(
    t.Boolean({ description: 'An empty line after the block, unless it ends the file.', default: false }),
  ),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Keeps a block of lines, between two marker lines, in a text file.',
  description:
    'The default marker is the one Ansible writes, so that files change hands silently. Several blocks in one file need a `marker` each.',
  args,
  argumentAliases: { ...textFileAliases, content: 'block' },
  examples: [
    {
      title: 'Name hosts',
      args: { path: '/etc/hosts', marker: '# {mark} cluster', block: '10.0.0.1 cp1\n10.0.0.2 worker1\n' },
    },
    { title: 'Remove them again', args: { path: '/etc/hosts', marker: '# {mark} cluster', state: 'absent' } },
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
    const before = editableText(state, args.create ?? false)
    const after = withBlock(
      splitLines(before.text),
      inFile(args, (text) => inCharactersOf(before, text)),
    )
    return textFileChanges(args, state, joinLines(after))
  },

  apply: ({ args, state, changes, host }) => applyTextFile(host, args, { file: state, changes }),

  result({ args, state, changes, applied }) {
    const { before, after } = changes.find(({ diff }) => diff)?.diff ?? {}
    const grown = splitLines(after ?? '').length > splitLines(before ?? '').length
    const data = { path: state.place.path, ...applied, ...attributeData(state.place.followed) }
    if (changes.length === 0) return { data }
    if (after === undefined) return { msg: 'ownership or permissions changed', data }
    if (before === undefined) return { msg: 'File created', data }
    return { msg: isRemoval(args) ? 'Block removed' : grown ? 'Block inserted' : 'Block changed', data }
  },

  writesOnce: ({ state }) => state.place.hasParent,
  foretells: (context) => foretellText(context, { pathState, fileContent }),

  touches: ({ state }) => touchedBy(state.place),
})

const isRemoval = ({ state, block }: Args): boolean => state === 'absent' || (block ?? '') === ''

function checkArguments({ marker, insertafter, insertbefore }: Args): void {
  if (marker !== undefined && !marker.includes('{mark}')) {
    throw new TaskFailure(`The marker "${marker}" needs {mark}: both of its lines would be the same.`)
  }
  if (insertafter !== undefined && insertbefore !== undefined) {
    throw new TaskFailure('"insertafter" and "insertbefore" exclude each other.')
  }
}

/** The texts among the arguments, in the characters that the file is read in. */
function inFile(args: Args, convert: (text: string) => string): Args {
  const texts = ['block', 'marker', 'marker_begin', 'marker_end', 'insertafter', 'insertbefore'] as const
  const converted = texts.flatMap((name) => {
    const text = args[name]
    return text === undefined ? [] : [[name, convert(text)] as const]
  })
  return { ...args, ...Object.fromEntries(converted) }
}

function withBlock(lines: readonly TextLine[], args: Args): readonly TextLine[] {
  const [begin, end] = markersOf(args)
  const place = findBlock(lines, begin, end)
  const without = place ? [...lines.slice(0, place.from), ...lines.slice(place.to)] : lines
  if (isRemoval(args)) return without
  const at = place?.from ?? insertionIndex(lines, args)
  const block = splitLines(args.block ?? '').map(({ text }) => text)
  const inserted = insertLines(without, at, spaced([begin, ...block, end], { lines: without, at, args }))
  // A block that ended the file without a newline still does.
  const isUnfinished = place !== undefined && at === without.length && lines.at(-1)?.end === ''
  return isUnfinished
    ? inserted.map((line, i) => (i === inserted.length - 1 ? { ...line, end: '' } : line))
    : inserted
}

function markersOf(args: Args): readonly [string, string] {
  const { marker = '# {mark} ANSIBLE MANAGED BLOCK', marker_begin = 'BEGIN', marker_end = 'END' } = args
  return [marker.replaceAll('{mark}', () => marker_begin), marker.replaceAll('{mark}', () => marker_end)]
}

/** Where both markers stand, the last of each; they may stand in the wrong order. */
function findBlock(
  lines: readonly TextLine[],
  begin: string,
  end: string,
): { from: number; to: number } | undefined {
  const first = lines.findLastIndex(({ text }) => text === begin)
  const last = lines.findLastIndex(({ text }) => text === end)
  if (first < 0 || last < 0) return undefined
  return { from: Math.min(first, last), to: Math.max(first, last) + 1 }
}

function insertionIndex(lines: readonly TextLine[], { insertafter, insertbefore }: Args): number {
  if (insertbefore === 'BOF') return 0
  const pattern = insertbefore ?? insertafter
  if (pattern === undefined || pattern === 'EOF') return lines.length
  const found = lastMatch(lines, pattern)
  if (found < 0) return lines.length
  return insertbefore === undefined ? found + 1 : found
}

/** A pattern with `(?m)` may match over several lines: its first match counts, as in Ansible. */
function lastMatch(lines: readonly TextLine[], pattern: string): number {
  const regex = userRegex(pattern)
  if (!/^\(\?[a-zA-Z]*m/.test(pattern)) return lines.findLastIndex(({ text }) => regex.test(text))
  const text = joinLines(lines)
  const match = regex.exec(text)
  return match ? text.slice(0, match.index).split('\n').length - 1 : -1
}

function spaced(
  block: readonly string[],
  { lines, at, args }: { lines: readonly TextLine[]; at: number; args: Args },
): readonly string[] {
  const prepends = args.prepend_newline && at > 0 && lines[at - 1]?.text !== ''
  const appends = args.append_newline && at < lines.length && lines[at]?.text !== ''
  return [...(prepends ? [''] : []), ...block, ...(appends ? [''] : [])]
}
