import apkCacheAge from '#facts/apk-cache-age.ts'
import apkPackages, { type ApkPackage } from '#facts/apk-packages.ts'
import apkUpgrades from '#facts/apk-upgrades.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { inOrder, type Script, sh } from '#sdk/quote.ts'

const args = t.Args({
  name: t.Optional(t.Strings({ description: 'Packages: `nginx`, `nginx=1.24.0-r6`, `nginx~=1.24`.' })),
  state: t.Optional(
    t.Choice(['present', 'latest', 'absent'], {
      description: '`latest` upgrades as well.',
      default: 'present',
    }),
  ),
  update_cache: t.Optional(
    t.Boolean({ description: 'Refresh the package index when the task needs it.', default: false }),
  ),
  upgrade: t.Optional(t.Boolean({ description: 'Upgrade all packages.', default: false })),
  available: t.Optional(
    t.Boolean({
      description: 'With `upgrade`: downgrade packages whose version is no longer offered.',
      default: false,
    }),
  ),
  repository: t.Optional(
    t.Strings({ description: 'Repositories to take packages from, instead of the configured ones.' }),
  ),
  no_cache: t.Optional(t.Boolean({ description: 'Use no index that is kept on the host.', default: false })),
})

type Args = Static<typeof args>

interface State {
  readonly packages: readonly ApkPackage[]
  readonly upgrades: readonly string[]
  /** The index is older than an hour, or missing. */
  readonly stale: boolean
}

export default defineModule({
  summary: 'Installs, upgrades and removes Alpine packages.',
  args,
  argumentAliases: { pkg: 'name', package: 'name', 'update-cache': 'update_cache' },
  examples: [
    { title: 'Install packages', args: { name: ['nginx', 'curl'], update_cache: true } },
    { title: 'Remove a package', args: { name: ['telnet'], state: 'absent' } },
  ],

  async probe({ args, host }): Promise<State> {
    const names = (args.name ?? []).map(bareName)
    const [packages, upgrades, stale] = await Promise.all([
      Promise.all(names.map((name) => host.fact(apkPackages, name))),
      args.upgrade ? host.fact(apkUpgrades) : [],
      args.update_cache ? host.fact(apkCacheAge) : false,
    ])
    return { packages, upgrades, stale }
  },

  plan({ args, state }): readonly Change[] {
    const packages = (args.name ?? []).flatMap((name, i) => packageChange(args, name, state.packages[i]))
    const upgrades = state.upgrades.map((name) => ({
      field: `upgrade ${name}`,
      before: 'older',
      after: 'latest',
    }))
    const alone = (args.name ?? []).length === 0 && !args.upgrade
    const refreshes = state.stale && (alone || packages.length > 0 || args.upgrade || args.state === 'latest')
    return [
      ...(refreshes && args.state !== 'absent'
        ? [{ field: 'index', before: 'old', after: 'refreshed' }]
        : []),
      ...packages,
      ...upgrades,
    ]
  },

  async apply({ args, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field.split(' ')[0]))
    const output = await host.run(scriptFor(args, fields), { accept: 'any', live: true })
    if (output.rc === 0) return output
    const lines = `${output.stdout}\n${output.stderr}`
      .split('\n')
      .filter((line) => /^ERROR|required by|no such package/.test(line))
    throw new TaskFailure(`apk failed: ${lines.join(' ').trim() || output.stderr.trim()}`, { ...output })
  },

  result: ({ applied }) => (applied ? { data: { stdout: applied.stdout, stderr: applied.stderr } } : {}),
})

const bareName = (text: string): string => text.split(/[<>=~@]/)[0] ?? text

function packageChange(args: Args, text: string, found: ApkPackage | undefined): readonly Change[] {
  const field = `package ${text}`
  const installed = found?.installed ?? false
  if (args.state === 'absent') return installed ? [{ field, before: found?.version, after: 'absent' }] : []
  if (!installed) return [{ field, before: 'absent', after: 'present' }]
  // A dependency would go with whatever needs it: it has to be wanted for itself.
  if (!found?.wanted) return [{ field, before: 'a dependency', after: 'wanted' }]
  const [, exact] = /^[^<>=~@]+=(.+)$/.exec(text) ?? []
  if (exact !== undefined)
    return found.version === exact ? [] : [{ field, before: found.version, after: exact }]
  return args.state === 'latest' && found.upgrade !== ''
    ? [{ field, before: found.version, after: found.upgrade }]
    : []
}

function scriptFor(args: Args, fields: ReadonlySet<string | undefined>): Script {
  const names = args.name ?? []
  const common = commonOptions(args)
  const upgrade = args.state === 'latest' ? ['-u'] : []
  const onPackages =
    args.state === 'absent' ? sh`apk del ${names.map(bareName)}` : sh`apk add ${upgrade} ${common} ${names}`
  // A new index may bring new versions of packages that were up to date.
  const acts = fields.has('package') || (fields.has('index') && args.state === 'latest')
  return inOrder([
    fields.has('index') ? sh`apk update ${common}` : undefined,
    acts && names.length > 0 ? onPackages : undefined,
    args.upgrade ? sh`apk upgrade ${args.available ? ['--available'] : []} ${common}` : sh`:`,
  ])
}

function commonOptions({ repository = [], no_cache: noCache }: Args): readonly string[] {
  const urls = repository.flatMap((url) => ['--repository', url])
  return [
    ...urls,
    ...(urls.length > 0 ? ['--repositories-file', '/dev/null'] : []),
    ...(noCache ? ['--no-cache'] : []),
  ]
}
