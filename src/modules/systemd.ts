import env from '#facts/env.ts'
import fileContent, { type FileContent } from '#facts/file-content.ts'
import initService from '#facts/init-service.ts'
import systemdReload from '#facts/systemd-reload.ts'
import systemdUnit, { unitKey } from '#facts/systemd-unit.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { given } from '#sdk/given.ts'
import type { ReadHost, WriteHost } from '#sdk/host.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { sh } from '#sdk/quote.ts'
import { type SystemdUnit, type UnitScope, unitName } from '#sdk/systemd-unit.ts'
import { type UnitWish, unitChanges, unitScript } from '#sdk/unit-work.ts'

const args = t.Args({
  name: t.Optional(
    t.String({ description: 'The unit; without a suffix a service.', pattern: '^[^-/\\s][^/\\s]*$' }),
  ),
  state: t.Optional(
    t.Choice(['started', 'stopped', 'restarted', 'reloaded'], {
      description: '`restarted` and `reloaded` act each time, and start a unit that is down.',
    }),
  ),
  enabled: t.Optional(t.Boolean({ description: 'Whether the unit starts at boot.' })),
  masked: t.Optional(t.Boolean({ description: 'Whether the unit cannot be started at all.' })),
  daemon_reload: t.Optional(
    t.Boolean({
      description: 'Load changed unit files before anything else, when there are any.',
      default: false,
    }),
  ),
  daemon_reexec: t.Optional(t.Boolean({ description: 'Run systemd anew first, each time.', default: false })),
  scope: t.Optional(
    t.Choice(['system', 'user', 'global'], {
      description: "The system's units, those of the acting user, or those of all users.",
      default: 'system',
    }),
  ),
  no_block: t.Optional(
    t.Boolean({ description: 'Do not wait until the unit has started or stopped.', default: false }),
  ),
  force: t.Optional(t.Boolean({ description: 'Replace links that stand in the way.', default: false })),
  unit: t.Optional(
    t.String({
      description: 'Text of the unit file, which is written where administrators keep theirs.',
      pattern: '\\[',
    }),
  ),
  dropin: t.Optional(
    t.Object(
      {
        name: t.String({ description: 'Name of the file: `override.conf`.', pattern: '^[^/]+$' }),
        content: t.Optional(t.String({ description: 'Its text.' })),
        state: t.Optional(
          t.Choice(['present', 'absent'], { description: 'Whether it exists.', default: 'present' }),
        ),
      },
      { description: 'A drop-in file of the unit, under `<unit>.d`.' },
    ),
  ),
})

type Args = Static<typeof args>

/** A file that the task keeps. */
interface UnitFile {
  readonly field: 'unit' | 'dropin'
  readonly path: string
  readonly present: FileContent
  /** Undefined: it shall not exist. */
  readonly wanted: string | undefined
}

interface State {
  readonly unit: SystemdUnit | undefined
  readonly initEnabled: boolean | undefined
  readonly files: readonly UnitFile[]
  /** Units whose files are newer than what systemd has loaded; of the named unit only, when one is named. */
  readonly outdated: readonly string[]
}

export default defineModule({
  summary: 'Starts, stops, enables and defines systemd units.',
  aliases: ['systemd_service'],
  description:
    '`unit` and `dropin` keep the texts of unit files; systemd loads them anew after a change. ' +
    '`daemon_reload` alone does something only when unit files are newer than what systemd has loaded.',
  args,
  argumentAliases: { service: 'name', 'daemon-reload': 'daemon_reload', 'daemon-reexec': 'daemon_reexec' },
  examples: [
    { title: 'Start a service now and at boot', args: { name: 'nginx', state: 'started', enabled: true } },
    {
      title: 'Give a service more files',
      args: { name: 'etcd', dropin: { name: 'limits.conf', content: '[Service]\nLimitNOFILE=65536\n' } },
    },
    {
      title: 'Define a timer',
      args: { name: 'sweep.timer', unit: '[Timer]\nOnCalendar=daily\n', state: 'started' },
    },
  ],
  settles: ({ state, daemon_reexec }) => state !== 'restarted' && state !== 'reloaded' && !daemon_reexec,

  async probe({ args, host }): Promise<State> {
    const { name, scope = 'system' } = args
    if (name === undefined)
      return { ...nothing, outdated: args.daemon_reload ? await host.fact(systemdReload, scope) : [] }
    const [unit, files] = await Promise.all([
      host.fact(systemdUnit, unitKey(scope, unitName(name))),
      readFiles(host, args, unitName(name)),
    ])
    const init = unit.enabled === 'generated' ? await host.fact(initService, name) : undefined
    return { unit, files, initEnabled: init?.enabled, outdated: unit.needsReload ? [unitName(name)] : [] }
  },

  plan({ args, state }): readonly Change[] {
    if (
      args.name === undefined &&
      (args.state ?? args.enabled ?? args.masked ?? args.unit ?? args.dropin) !== undefined
    ) {
      throw new TaskFailure('`name` is missing: it says which unit is meant.')
    }
    const files = state.files.flatMap(fileChange)
    return [
      ...(args.daemon_reexec ? [{ field: 'daemon_reexec', before: undefined, after: true }] : []),
      ...(args.daemon_reload && state.outdated.length > 0
        ? [{ field: 'daemon_reload', before: state.outdated, after: [] }]
        : []),
      ...files,
      ...(state.unit ? plannedUnitChanges(args, state.unit, state) : []),
    ]
  },

  async apply({ args, state, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    const files = state.files.filter(({ field }) => fields.has(field))
    if (files.length > 0) await Promise.all(files.map((file) => writeFile(host, file)))
    const work = {
      wish: wishOf(args, state),
      unit: state.unit ?? unknownUnit,
      fields,
      daemonReload: files.length > 0 || fields.has('daemon_reload'),
      daemonReexec: args.daemon_reexec ?? false,
    }
    const change = host.run(unitScript(work))
    if (args.name === undefined) return change.then(() => undefined)
    // Asked behind the change, in its flight.
    const key = unitKey(args.scope ?? 'system', unitName(args.name))
    const [, unit] = await Promise.all([change, host.fact(systemdUnit, key)])
    return unit
  },

  result({ args, state, applied }) {
    const unit = applied ?? state.unit
    return {
      data: {
        ...given({ name: args.name, state: args.state, enabled: args.enabled }),
        ...(unit ? { status: unit.properties } : {}),
      },
    }
  },

  writesOnce: ({ changes }) => !changes.some(({ field }) => field === 'unit' || field === 'dropin'),

  touches: ({ args, state }) => [
    { kind: 'unit' },
    ...(args.name === undefined ? [] : [{ kind: 'unit', name: args.name } as const]),
    { kind: 'process' },
    { kind: 'network' },
    // What a service writes when it starts or stops is its own business.
    { kind: 'path' },
    { kind: 'mount' },
    ...state.files.map(({ path }) => ({ kind: 'path', name: path }) as const),
  ],
})

const nothing = { unit: undefined, initEnabled: undefined, files: [], outdated: [] } as const

const unknownUnit: SystemdUnit = {
  load: 'not-found',
  active: 'inactive',
  sub: 'dead',
  enabled: '',
  path: '',
  needsReload: false,
  canReload: false,
  invocation: '',
  properties: {},
  error: '',
}

async function readFiles(host: ReadHost, args: Args, unit: string): Promise<readonly UnitFile[]> {
  if (args.unit === undefined && args.dropin === undefined) return []
  const folder = await unitFolder(host, args.scope ?? 'system')
  const wanted = [
    ...(args.unit === undefined
      ? []
      : [{ field: 'unit', path: `${folder}/${unit}`, wanted: args.unit } as const]),
    ...(args.dropin ? [dropinFile(args.dropin, `${folder}/${unit}.d`)] : []),
  ]
  return Promise.all(
    wanted.map(async (file) => ({ ...file, present: await host.fact(fileContent, file.path) })),
  )
}

function dropinFile({ name, content = '', state }: NonNullable<Args['dropin']>, folder: string) {
  const file = name.endsWith('.conf') ? name : `${name}.conf`
  return {
    field: 'dropin',
    path: `${folder}/${file}`,
    wanted: state === 'absent' ? undefined : content,
  } as const
}

/** See systemd.unit(5): where administrators keep units. */
async function unitFolder(host: ReadHost, scope: UnitScope): Promise<string> {
  if (scope === 'system') return '/etc/systemd/system'
  if (scope === 'global') return '/etc/systemd/user'
  const { HOME = '/root', XDG_CONFIG_HOME = `${HOME}/.config` } = await host.fact(env)
  return `${XDG_CONFIG_HOME}/systemd/user`
}

function fileChange({ field, path, present, wanted }: UnitFile): readonly Change[] {
  const before = present.text
  const after = wanted === undefined ? undefined : withNewline(wanted)
  if (before === after) return []
  const shown = (text: string | undefined): string =>
    text === undefined ? 'absent' : `${text.length} characters`
  return [{ field, before: shown(before), after: shown(after), diff: { path, before, after } }]
}

const withNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

/** A unit that the task itself defines is not there yet: whatever is asked of it is a change. */
function plannedUnitChanges(args: Args, unit: SystemdUnit, state: State): readonly Change[] {
  const defines = state.files.some(({ field, present }) => field === 'unit' && !present.exists)
  return unitChanges(
    wishOf(args, state),
    defines && unit.load === 'not-found' ? { ...unknownUnit, load: 'loaded' } : unit,
  )
}

function wishOf(args: Args, { initEnabled }: State): UnitWish {
  const { name = '', scope = 'system', state, enabled, masked, force, no_block: noBlock } = args
  return { unit: unitName(name), scope, ...given({ state, enabled, masked, force, noBlock, initEnabled }) }
}

async function writeFile(host: WriteHost, { path, wanted, present }: UnitFile): Promise<void> {
  if (wanted === undefined) {
    await host.run(sh`rm -f ${path}`)
    return
  }
  const mode = present.exists ? present.mode : 0o644
  const folder = path.slice(0, path.lastIndexOf('/'))
  // Both leave in one flight, in this order.
  await Promise.all([
    host.run(sh`umask 022; mkdir -p ${folder}`),
    host.write({ path, content: withNewline(wanted), mode }),
  ])
}
