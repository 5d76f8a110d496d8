import dnfCheck from '#facts/dnf-check.ts'
import rpmPackages, { type RpmPackage } from '#facts/rpm-packages.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { dnfScript } from '#sdk/dnf-script.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

const args = t.Args({
  name: t.Optional(
    t.Strings({
      description: 'Packages: `nginx`, `nginx-1.24.0`, `@development-tools`, a file or URL; `*` for all.',
    }),
  ),
  state: t.Optional(
    t.Choice(['present', 'installed', 'latest', 'absent', 'removed'], {
      description: '`latest` upgrades as well.',
      default: 'present',
    }),
  ),
  enablerepo: t.Optional(t.Strings({ description: 'Repositories to look at besides the configured ones.' })),
  disablerepo: t.Optional(t.Strings({ description: 'Repositories not to look at.' })),
  exclude: t.Optional(t.Strings({ description: 'Packages to leave alone.' })),
  update_cache: t.Optional(
    t.Boolean({ description: 'Fetch metadata anew when something is to be done.', default: false }),
  ),
  update_only: t.Optional(
    t.Boolean({ description: 'With `latest`: leave packages alone that are not installed.', default: false }),
  ),
  autoremove: t.Optional(
    t.Boolean({ description: 'Remove dependencies that nothing needs any longer.', default: false }),
  ),
  disable_gpg_check: t.Optional(
    t.Boolean({ description: 'Take packages without a valid signature.', default: false }),
  ),
  install_weak_deps: t.Optional(
    t.Boolean({ description: 'Install recommended packages too.', default: true }),
  ),
  allow_downgrade: t.Optional(
    t.Boolean({
      description: "Accepted for Ansible's sake: dnf takes an older version when it is named.",
      default: false,
    }),
  ),
  allowerasing: t.Optional(
    t.Boolean({ description: 'Remove packages that stand in the way.', default: false }),
  ),
  nobest: t.Optional(
    t.Boolean({ description: 'Take older versions when the newest cannot be installed.', default: false }),
  ),
  lock_timeout: t.Optional(
    t.Integer({ description: 'Seconds to wait for another dnf.', minimum: 0, default: 60 }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly packages: readonly (readonly RpmPackage[])[]
  /** Names of packages with newer versions; undefined when nobody asked. */
  readonly upgrades: ReadonlySet<string> | undefined
  readonly groups: ReadonlySet<string>
}

export default defineModule({
  summary: 'Installs, upgrades and removes packages with dnf or yum.',
  aliases: ['yum', 'dnf5'],
  args,
  argumentAliases: { pkg: 'name', package: 'name', expire_cache: 'update_cache' },
  examples: [
    { title: 'Install packages', args: { name: ['nginx', 'chrony'] } },
    { title: 'Upgrade everything', args: { name: ['*'], state: 'latest' } },
  ],

  async probe({ args, host }): Promise<State> {
    const names = args.name ?? []
    const asks = isLatest(args) || names.some(isGroup)
    const [packages, check] = await Promise.all([
      Promise.all(names.map((name) => (isPlain(name) ? host.fact(rpmPackages, name) : []))),
      asks ? host.fact(dnfCheck) : undefined,
    ])
    return { packages, upgrades: check?.upgrades, groups: check?.groups ?? new Set() }
  },

  plan({ args, state }): readonly Change[] {
    return (args.name ?? []).flatMap((name, i) =>
      packageChange(args, { name, found: state.packages[i] ?? [], state }),
    )
  },

  async apply({ args, host }) {
    const output = await host.run(
      dnfScript({ ...args, names: args.name ?? [], absent: isAbsent(args), latest: isLatest(args) }),
      {
        accept: 'any',
        live: true,
      },
    )
    if (output.rc === 0) return output
    const lines = output.stderr
      .split('\n')
      .filter((line) => /^(Error|No match|Unable|Failed)/.test(line.trim()))
    throw new TaskFailure(`dnf failed: ${lines.join(' ') || output.stderr.trim() || output.stdout.trim()}`, {
      ...output,
    })
  },

  result: ({ applied }) =>
    applied ? { data: { stdout: applied.stdout, stderr: applied.stderr, rc: applied.rc } } : {},
})

const isAbsent = ({ state }: Args): boolean => state === 'absent' || state === 'removed'
const isLatest = ({ state }: Args): boolean => state === 'latest'
const isGroup = (name: string): boolean => name.startsWith('@')
const isPlain = (name: string): boolean => name !== '*' && !isGroup(name)

interface Wanted {
  readonly name: string
  readonly found: readonly RpmPackage[]
  readonly state: State
}

function packageChange(args: Args, wanted: Wanted): readonly Change[] {
  const { name, found, state } = wanted
  if (name === '*') return [...(state.upgrades ?? [])].map((upgrade) => change(upgrade, 'older', 'latest'))
  const installed = isGroup(name) ? state.groups.has(name.slice(1).toLowerCase()) : found.length > 0
  const before = found[0]?.version ?? (installed ? 'present' : 'absent')
  const after = installed ? afterInstalled(args, wanted) : afterAbsent(args)
  return after === undefined ? [] : [change(name, before, after)]
}

function afterInstalled(args: Args, { found, state }: Wanted): string | undefined {
  if (isAbsent(args)) return 'absent'
  return isLatest(args) && found.some(({ name }) => state.upgrades?.has(name)) ? 'latest' : undefined
}

function afterAbsent(args: Args): string | undefined {
  return isAbsent(args) || (isLatest(args) && args.update_only) ? undefined : 'present'
}

const change = (name: string, before: string, after: string): Change => ({
  field: `package ${name}`,
  before,
  after,
})
