import { fileQuestions } from '#facts/file-questions.ts'
import type { Change } from '#model/change.ts'
import { t } from '#sdk/args.ts'
import { attributeArgs, wantedMode } from '#sdk/file-attributes.ts'
import { applyCopy, type CopyItem, copiesOnce, copyChanges } from '#sdk/file-copy.ts'
import { type FileQuestions, showingTexts } from '#sdk/file-questions.ts'
import { baseName, joinPath } from '#sdk/host-path.ts'
import { defineModule } from '#sdk/module.ts'
import { attributeData, modeText, touchedBy } from '#sdk/path-state.ts'
import { sha256 } from '#sdk/sha256.ts'

const newlines = {
  '\\n': '\n',
  '\\r': '\r',
  '\\r\\n': '\r\n',
  '\n': '\n',
  '\r': '\r',
  '\r\n': '\r\n',
} as const

const args = t.Args({
  src: t.String({
    description: 'The template: looked for in `templates/` of the role and of the playbook.',
    minLength: 1,
  }),
  dest: t.Path({ description: 'The file to write; in a folder, it is called as the template.' }),
  ...attributeArgs,
  backup: t.Optional(
    t.Boolean({ description: 'Keep the old file beside it, with a time stamp.', default: false }),
  ),
  force: t.Optional(t.Boolean({ description: 'Replace a file that differs.', default: true })),
  follow: t.Optional(
    t.Boolean({ description: 'Write to the file behind a link, not in its place.', default: false }),
  ),
  validate: t.Optional(
    t.String({
      description: 'A command that checks the new file, with `%s` for its path, before it takes its place.',
    }),
  ),
  newline_sequence: t.Optional(
    t.Choice(['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'], {
      description: 'How lines end in the file.',
      default: '\n',
    }),
  ),
})

export default defineModule({
  summary: 'Renders a Handlebars template into a file on the host.',
  description:
    'The file is compared by checksum and replaced as a whole: nobody sees half of it, and a failing `validate` leaves the old one.',
  args,
  argumentAliases: { path: 'dest' },
  examples: [
    {
      title: 'Configure a service',
      args: { src: 'app.conf.hbs', dest: '/etc/app.conf', owner: 'root', group: 'app', mode: '0640' },
    },
    {
      title: 'Check before replacing',
      args: { src: 'sudoers.hbs', dest: '/etc/sudoers.d/ops', mode: '0440', validate: 'visudo -cf %s' },
    },
  ],

  async probe({ args, host, controller, diff }): Promise<CopyItem> {
    const ask = showingTexts(fileQuestions(host), diff)
    const [source, found] = await Promise.all([
      rendered(controller.template(args.src), newlines[args.newline_sequence ?? '\n']),
      look(ask, args.dest, baseName(args.src)),
    ])
    const isOther = found.place.followed?.type === 'file' && found.sha256 !== source.sha256
    const before = isOther ? await ask.text(found.place.path) : undefined
    return { source, ...found, before, makesFolder: args.dest.endsWith('/') }
  },

  plan: ({ args, state }): readonly Change[] => copyChanges(state, args),

  apply: ({ args, state, changes, host }) => applyCopy(host, state, { options: args, changes }),

  result: ({ args, state, applied }) => ({
    data: {
      dest: state.place.path,
      src: args.src,
      checksum: state.source.sha256,
      ...attributeData(state.place.followed),
      state: 'file',
      mode: modeText(wantedMode(args, state.place.followed, 'file')),
      ...(args.owner === undefined ? {} : { owner: args.owner }),
      ...(args.group === undefined ? {} : { group: args.group }),
      ...(applied?.backup ? { backup_file: applied.backup } : {}),
    },
  }),

  writesOnce: ({ changes }) => copiesOnce(changes),

  touches: ({ state }) => touchedBy(state.place),
})

async function rendered(template: Promise<string>, newline: string): Promise<CopyItem['source']> {
  const text = (await template).replaceAll('\n', newline)
  return { sha256: await sha256(text), text, content: text }
}

/** Asks for the place itself and for the one inside, should it be a folder, at the same time. */
async function look(
  ask: FileQuestions,
  dest: string,
  name: string,
): Promise<Pick<CopyItem, 'place' | 'sha256'>> {
  const inside = joinPath(dest, name)
  const [outer, outerSum, inner, innerSum] = await Promise.all([
    ask.place(dest),
    ask.sum(dest),
    ask.place(inside),
    ask.sum(inside),
  ])
  const isFolder = dest.endsWith('/') || outer.followed?.type === 'directory'
  return isFolder ? { place: inner, sha256: innerSum } : { place: outer, sha256: outerSum }
}
