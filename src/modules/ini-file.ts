import fileContent from '#facts/file-content.ts'
import pathState from '#facts/path-state.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { inCharactersOf } from '#sdk/byte-text.ts'
import { foretellText } from '#sdk/foretell-text.ts'
import { editIni, type IniGoal } from '#sdk/ini-text.ts'
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
import { joinLines, splitLines } from '#sdk/text-lines.ts'

const args = t.Args({
  ...textFileArgs,
  section: t.Optional(t.String({ description: 'The section; left out: the lines before the first one.' })),
  option: t.Optional(
    t.String({ description: 'The option; left out: the section itself is meant.', minLength: 1 }),
  ),
  value: t.Optional(t.String({ description: 'What the option shall be.' })),
  values: t.Optional(
    t.Strings({ description: 'What the option shall be, when it may stand there several times.' }),
  ),
  state: t.Optional(
    t.Choice(['present', 'absent'], {
      description: 'Whether the option, or the section, is there.',
      default: 'present',
    }),
  ),
  exclusive: t.Optional(
    t.Boolean({
      description: 'Other lines of the same option go; with `absent`, whatever their value.',
      default: true,
    }),
  ),
  no_extra_spaces: t.Optional(t.Boolean({ description: 'Write `a=b` instead of `a = b`.', default: false })),
  ignore_spaces: t.Optional(
    t.Boolean({ description: 'A line that differs only in its spaces is left as it is.', default: false }),
  ),
  allow_no_value: t.Optional(
    t.Boolean({ description: 'An option may stand there without a value.', default: false }),
  ),
  modify_inactive_option: t.Optional(
    t.Boolean({ description: 'Turn a commented line of the option into the wanted one.', default: true }),
  ),
  create: t.Optional(t.Boolean({ description: 'Make the file when it is missing.', default: true })),
})

type Args = Static<typeof args>

export default defineModule({
  summary: 'Sets and removes options in INI files.',
  description: 'All other lines stay as they are, comments and their order included.',
  args,
  argumentAliases: textFileAliases,
  examples: [
    {
      title: 'Set an option',
      args: { path: '/etc/app.ini', section: 'server', option: 'port', value: '8080' },
    },
    { title: 'Remove a section', args: { path: '/etc/app.ini', section: 'old', state: 'absent' } },
    {
      title: 'Keep several values',
      args: {
        path: '/etc/systemd/network/lan.network',
        section: 'Network',
        option: 'DNS',
        values: ['10.0.0.1', '10.0.0.2'],
        no_extra_spaces: true,
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

  plan({ args, state }): readonly Change[] {
    checkArguments(args)
    if (args.state === 'absent' && !state.place.entry) return []
    const before = editableText(state, args.create ?? true)
    const goal = goalOf(args, (text) => inCharactersOf(before, text))
    return textFileChanges(args, state, joinLines(editIni(splitLines(before.text), goal)))
  },

  apply: ({ args, state, changes, host }) => applyTextFile(host, args, { file: state, changes }),

  result: ({ state, changes, applied }) => ({
    msg:
      changes.length === 0
        ? 'OK'
        : changes.some(({ diff }) => diff)
          ? 'options changed'
          : 'ownership or permissions changed',
    data: {
      path: state.place.path,
      ...attributeData(state.place.followed),
      ...(applied?.backup ? { backup_file: applied.backup } : {}),
    },
  }),

  writesOnce: ({ state }) => state.place.hasParent,
  foretells: (context) => foretellText(context, { pathState, fileContent }),

  touches: ({ state }) => touchedBy(state.place),
})

function checkArguments({ option, value, values, section, state, allow_no_value }: Args): void {
  if (value !== undefined && values !== undefined)
    throw new TaskFailure('"value" and "values" exclude each other.')
  if (option === undefined && section === undefined)
    throw new TaskFailure('One of "section" and "option" is needed.')
  const needsValue = option !== undefined && state !== 'absent' && !allow_no_value
  if (needsValue && value === undefined && !values?.length) {
    throw new TaskFailure(`The option "${option}" needs a value; or say "allow_no_value: true".`)
  }
}

function goalOf(args: Args, inFile: (text: string) => string): IniGoal {
  const { value, values, section, option } = args
  const wanted = values ?? (value === undefined ? [] : [value])
  return {
    section: section === undefined || section === '' ? undefined : inFile(section),
    option: option === undefined ? undefined : inFile(option),
    values: wanted.length === 0 ? [undefined] : wanted.map(inFile),
    state: args.state ?? 'present',
    exclusive: args.exclusive ?? true,
    tight: args.no_extra_spaces ?? false,
    ignoreSpaces: args.ignore_spaces ?? false,
    reuseComments: args.modify_inactive_option ?? true,
  }
}
