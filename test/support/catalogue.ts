import { t } from '#sdk/args.ts'
import type { Catalogue } from '#sdk/catalogue.ts'
import type { ModuleDefinition } from '#sdk/module.ts'

type Described = Pick<ModuleDefinition, 'args'> & Partial<ModuleDefinition>

const module = (described: Described): ModuleDefinition => ({
  summary: 'Stands for a module in tests of the compiler.',
  examples: [],
  probe: () => undefined,
  plan: () => [],
  ...described,
})

const text = (description = 'Some text.') => t.Optional(t.String({ description }))
const flag = (description = 'Whether.') => t.Optional(t.Boolean({ description }))
const any = t.Map(t.Any({ description: 'Anything.' }), { description: 'Any names.' })

/** Modules with the arguments that the compiler's tests need; they do nothing. */
export const testModules: Readonly<Record<string, ModuleDefinition>> = {
  add_host: module({
    args: t.Object(
      {
        name: t.String({ description: 'The host.' }),
        groups: t.Optional(t.Any({ description: 'Its groups.' })),
      },
      { description: 'A host.', additionalProperties: true },
    ),
    argumentAliases: { hostname: 'name' },
  }),
  apt: module({
    args: t.Args({
      name: t.Optional(t.Strings({ description: 'Packages.' })),
      state: t.Optional(t.Choice(['present', 'absent', 'latest'], { description: 'Wanted state.' })),
      update_cache: flag(),
      cache_valid_time: t.Optional(t.Integer({ description: 'Seconds.', minimum: 0 })),
    }),
    argumentAliases: { pkg: 'name', package: 'name' },
  }),
  assert: module({
    args: t.Args({ that: t.Conditions({ description: 'What must hold.' }), fail_msg: text() }),
    argumentAliases: { msg: 'fail_msg' },
  }),
  command: module({
    args: t.Args({
      cmd: text(),
      argv: t.Optional(t.Strings({ description: 'Words.' })),
      chdir: text(),
      creates: text(),
    }),
    freeForm: 'cmd',
  }),
  copy: module({
    args: t.Args({
      dest: t.Path({ description: 'Where to.' }),
      src: text(),
      content: text(),
      mode: t.Optional(t.Mode({ description: 'Bits.' })),
    }),
  }),
  debug: module({
    freeForm: 'msg',
    args: t.Args({
      msg: t.Optional(t.Any({ description: 'Anything.' })),
      verbosity: t.Optional(t.Integer({ description: 'Shown from this on.' })),
      var: t.Optional(t.Expression({ description: 'CEL.' })),
    }),
  }),
  file: module({
    args: t.Args({
      path: t.Path({ description: 'Which.' }),
      state: t.Optional(t.Choice(['file', 'directory', 'absent'], { description: 'Wanted state.' })),
      mode: t.Optional(t.Mode({ description: 'Bits.' })),
    }),
    argumentAliases: { dest: 'path', name: 'path' },
  }),
  group_by: module({
    args: t.Args({ key: text(), parents: t.Optional(t.Strings({ description: 'Groups.' })) }),
  }),
  include_vars: module({ args: t.Args({ file: text(), name: text(), dir: text() }), freeForm: 'file' }),
  service: module({
    args: t.Args({
      name: t.String({ description: 'Which.' }),
      state: t.Optional(t.Choice(['started', 'stopped', 'restarted'], { description: 'Wanted state.' })),
      enabled: flag(),
    }),
  }),
  set_fact: module({ args: any }),
  setup: module({ args: t.Args({}) }),
  template: module({
    args: t.Args({
      src: t.String({ description: 'The template.' }),
      dest: t.Path({ description: 'Where to.' }),
    }),
  }),
  validate_argument_spec: module({ args: any }),
}

const aliases: Readonly<Record<string, string>> = { systemd: 'service' }

export const testCatalogue: Catalogue = {
  canonical(name) {
    const short = name.replace(/^ansible\.(builtin|legacy)\./, '')
    const own = aliases[short] ?? short
    return Object.hasOwn(testModules, own) ? own : undefined
  },
  names: () => [...Object.keys(testModules), ...Object.keys(aliases)],
  module(name) {
    const found = testModules[name]
    if (!found) throw new Error(`The module ${name} was not loaded.`)
    return found
  },
}
