import fileContent from '#facts/file-content.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { inCharactersOf } from '#sdk/byte-text.ts'
import { foretellText } from '#sdk/foretell-text.ts'
import { defineModule } from '#sdk/module.ts'
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
import { userRegex } from '#sdk/user-regex.ts'

const args = t.Args({
  ...textFileArgs,
  regexp: t.String({ description: 'What to replace, everywhere. `^` and `$` match at each line.' }),
  replace: t.Optional(
    t.String({
      description: 'What to put there; may hold `\\1` and `\\g<name>`. Empty: the matches go.',
      default: '',
    }),
  ),
  after: t.Optional(
    t.String({ description: 'Only what follows the first match of this pattern is looked at.' }),
  ),
  before: t.Optional(
    t.String({ description: 'Only what stands before a match of this pattern is looked at.' }),
  ),
})

type Args = Static<typeof args>

interface Replaced {
  readonly text: string
  readonly count: number
  /** `after` and `before` were given and did not match. */
  readonly isOutside: boolean
}

export default defineModule({
  summary: 'Replaces all matches of a pattern in a text file.',
  args,
  argumentAliases: textFileAliases,
  examples: [
    {
      title: 'Rename a domain',
      args: { path: '/etc/hosts', regexp: '\\.old\\.example\\b', replace: '.new.example' },
    },
    {
      title: 'Comment lines of one section',
      args: {
        path: '/etc/app.ini',
        after: '\\[debug\\]',
        before: '\\[',
        regexp: '^(\\w.*)$',
        replace: '# \\1',
      },
    },
  ],

  async probe({ args, host }): Promise<TextFile> {
    const [place, content] = await Promise.all([
      host.fact(pathState, args.path),
      host.fact(fileContent, args.path),
    ])
    return textFile(host, place, content)
  },

  plan: ({ args, state }): readonly Change[] => textFileChanges(args, state, replaced(args, state).text),

  apply: ({ args, state, changes, host }) => applyTextFile(host, args, { file: state, changes }),

  result({ args, state, changes, applied }) {
    const { count, isOutside } = replaced(args, state)
    const edits = changes.some(({ diff }) => diff)
    const data = { path: state.place.path, ...applied, ...attributeData(state.place.followed) }
    if (isOutside) return { msg: '"after" and "before" match nothing in the file.', data }
    return edits ? { msg: `${count} replacements made`, data } : { data }
  },

  writesOnce: ({ state }) => state.place.hasParent,
  foretells: (context) => foretellText(context, { pathState, fileContent }),

  touches: ({ state }) => touchedBy(state.place),
})

function replaced(args: Args, file: TextFile): Replaced {
  const before = editableText(file, false)
  const inFile = (text: string): string => inCharactersOf(before, text)
  const section = sectionOf(before.text, args, inFile)
  if (!section) return { text: before.text, count: 0, isOutside: true }
  const inner = before.text.slice(section.from, section.to)
  const regex = userRegex(inFile(args.regexp), { multiline: true })
  const text = regex.replaceAll(inner, inFile(args.replace ?? ''))
  return {
    text: before.text.slice(0, section.from) + text + before.text.slice(section.to),
    count: regex.all(inner).length,
    isOutside: false,
  }
}

/** Where `after` and `before` leave something to look at. */
function sectionOf(
  text: string,
  { after, before }: Args,
  inFile: (text: string) => string,
): { from: number; to: number } | undefined {
  if (after === undefined && before === undefined) return { from: 0, to: text.length }
  const head = after === undefined ? '' : `(?P<tsplay_head>${inFile(after)})`
  const lazy = after !== undefined && before !== undefined ? '.*?' : '.*'
  const pattern = `${head}(?P<tsplay_section>${lazy})${before === undefined ? '' : `(?:${inFile(before)})`}`
  const match = userRegex(pattern, { dotAll: true }).exec(text)
  if (!match) return undefined
  const from = match.index + (match.named['tsplay_head'] ?? '').length
  return { from, to: from + (match.named['tsplay_section'] ?? '').length }
}
