import type { Value, Vars } from '#model/value.ts'
import { t } from '#sdk/args.ts'
import type { Controller, ControllerEntry } from '#sdk/controller.ts'
import { globTest } from '#sdk/glob-test.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

const args = t.Args({
  file: t.Optional(t.String({ description: "A file of variables, looked for in the role's `vars/` first." })),
  dir: t.Optional(t.String({ description: 'A folder; its files are read in order of their names.' })),
  name: t.Optional(t.String({ description: 'Put the variables into a mapping of this name.' })),
  depth: t.Optional(
    t.Integer({ description: 'How deep to go into folders of `dir`; 0 for all.', default: 0, minimum: 0 }),
  ),
  files_matching: t.Optional(
    t.String({ description: 'Only files of `dir` whose name matches this shell pattern.' }),
  ),
  ignore_files: t.Optional(t.Strings({ description: 'Names of files in `dir` to leave out.', default: [] })),
  extensions: t.Optional(
    t.Strings({ description: 'Endings of the files in `dir`.', default: ['yaml', 'yml', 'json'] }),
  ),
})

export default defineModule({
  summary: 'Reads variables from files on the controller, for the rest of the run.',
  args,
  argumentAliases: { _raw_params: 'file' },
  examples: [
    { title: 'By distribution', args: { file: '{{ facts.os.family }}.yml' } },
    { title: 'A folder, under a name', args: { dir: 'settings', name: 'settings' } },
  ],
  freeForm: 'file',
  runs: 'controller',

  async probe({ args, controller }): Promise<{ read: readonly string[]; vars: Vars }> {
    const paths = await pathsOf(args, controller)
    const all = await Promise.all(paths.map((path) => controller.vars(path)))
    return { read: paths, vars: new Map(all.flatMap((vars): [string, Value][] => [...vars])) }
  },

  plan: () => [],

  result({ args, state }) {
    const data = { ansible_included_var_files: state.read }
    if (args.name === undefined) return { data, effects: { vars: state.vars } }
    return { data, effects: { namedVars: { name: args.name, vars: state.vars } } }
  },
})

type Given = {
  file?: string
  dir?: string
  depth?: number
  files_matching?: string
  ignore_files?: string[]
  extensions?: string[]
}

async function pathsOf(args: Given, controller: Omit<Controller, 'write'>): Promise<readonly string[]> {
  if (args.file !== undefined) return [args.file]
  if (args.dir === undefined) throw new TaskFailure('One of "file" and "dir" must be given.')
  const entries = await controller.folder(args.dir)
  if (!entries) throw new TaskFailure(`There is no folder "${args.dir}".`)
  return entries.filter((entry) => isWanted(entry, args)).flatMap(({ file }) => file?.path ?? [])
}

function isWanted({ path, type }: ControllerEntry, args: Given): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const depth = path.split('/').length
  const extensions = args.extensions ?? ['yaml', 'yml', 'json']
  return (
    type === 'file' &&
    (!args.depth || depth <= args.depth) &&
    extensions.some((extension) => name.endsWith(`.${extension}`)) &&
    !(args.ignore_files ?? []).includes(name) &&
    (args.files_matching === undefined || globTest(args.files_matching)(name))
  )
}
