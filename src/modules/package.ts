import apkPackages from '#facts/apk-packages.ts'
import aptCandidate, { candidateKey } from '#facts/apt-candidate.ts'
import debPackages from '#facts/deb-packages.ts'
import dnfCheck from '#facts/dnf-check.ts'
import packageManager from '#facts/package-manager.ts'
import rpmPackages from '#facts/rpm-packages.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import type { ReadHost } from '#sdk/host.ts'
import { joinChanges } from '#sdk/join-changes.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { packageScript } from '#sdk/package-script.ts'

const args = t.Args({
  name: t.Strings({ description: 'Packages, by the names they have on the host.' }),
  state: t.Choice(['present', 'installed', 'latest', 'absent', 'removed'], {
    description: '`latest` upgrades as well.',
  }),
  use: t.Optional(
    t.String({
      description: "The package manager: `apt`, `dnf`, `apk`, …. Default: the host's own.",
      default: 'auto',
    }),
  ),
})

type Args = Static<typeof args>

/** What every package manager can say about a package. */
interface Found {
  readonly installed: boolean
  readonly version: string
  /** The version that would be installed instead; empty when there is no newer one, or nobody asked. */
  readonly newer: string
}

interface State {
  readonly manager: string
  readonly packages: readonly Found[]
}

type Reader = (host: ReadHost, name: string, wantsNewest: boolean) => Promise<Found>

/** What is read for each package manager; unknown ones are refused. */
const readers: Readonly<Record<string, Reader>> = {
  apt: readDeb,
  dnf: readRpm,
  yum: readRpm,
  zypper: readRpm,
  apk: readApk,
}

export default defineModule({
  summary: "Installs and removes packages with the host's own package manager.",
  description:
    'The modules `apt`, `dnf` and `apk` know more. Names of packages differ between distributions.',
  args,
  argumentAliases: { pkg: 'name', using: 'use' },
  examples: [{ title: 'Install packages', args: { name: ['curl', 'git'], state: 'present' } }],

  async probe({ args, host }): Promise<State> {
    const manager = args.use === undefined || args.use === 'auto' ? await host.fact(packageManager) : args.use
    const read = readers[manager]
    const packages = read
      ? await Promise.all(args.name.map((name) => read(host, name, args.state === 'latest')))
      : []
    return { manager, packages }
  },

  plan({ args, state }): readonly Change[] {
    if (!readers[state.manager]) {
      throw new TaskFailure(
        `tsplay cannot install packages with ${state.manager}; it knows ${Object.keys(readers).join(', ')}.`,
      )
    }
    return args.name.flatMap((name, i) => packageChange(args, name, state.packages[i]))
  },

  async apply({ args, state, host }) {
    const { state: wanted, name: names } = args
    const absent = wanted === 'absent' || wanted === 'removed'
    const script = packageScript({ manager: state.manager, names, absent, latest: wanted === 'latest' })
    const output = await host.run(script, { accept: 'any', live: true })
    if (output.rc === 0) return output
    const said = (output.stderr.trim() || output.stdout.trim()).split('\n').slice(-3).join(' ')
    throw new TaskFailure(`${state.manager} failed: ${said}`, { ...output })
  },

  result: ({ applied }) => (applied ? { data: { stdout: applied.stdout, stderr: applied.stderr } } : {}),

  writesOnce: () => true,

  join(calls) {
    const [first] = calls
    const agree = calls.every(
      ({ args: { state, use } }) => state === first?.args.state && use === first?.args.use,
    )
    if (!first || !agree) return undefined
    const name = [...new Set(calls.flatMap(({ args }) => args.name))]
    return { args: { ...first.args, name }, changes: joinChanges(calls.map(({ changes }) => changes)) }
  },
})

function packageChange(args: Args, name: string, found: Found | undefined): readonly Change[] {
  const field = `package ${name}`
  const before = found?.installed ? found.version : 'absent'
  if (args.state === 'absent' || args.state === 'removed') {
    return found?.installed ? [{ field, before, after: 'absent' }] : []
  }
  if (!found?.installed) return [{ field, before, after: 'present' }]
  return found.newer === '' ? [] : [{ field, before, after: found.newer }]
}

async function readDeb(host: ReadHost, name: string, wantsNewest: boolean): Promise<Found> {
  const [bare = name] = name.split('=')
  const [{ installed, version, providers }, known] = await Promise.all([
    host.fact(debPackages, bare),
    wantsNewest ? host.fact(aptCandidate, candidateKey(bare)) : undefined,
  ])
  const candidate = known?.candidate ?? ''
  // A virtual package counts as installed when something that provides it is.
  if (!installed && providers.length > 0) {
    const { versions } = known ?? (await host.fact(aptCandidate, candidateKey(bare)))
    if (versions.length === 0) return { installed: true, version: providers.join(', '), newer: '' }
  }
  return { installed, version, newer: candidate === version ? '' : candidate }
}

async function readRpm(host: ReadHost, name: string, wantsNewest: boolean): Promise<Found> {
  const [found, check] = await Promise.all([
    host.fact(rpmPackages, name),
    wantsNewest ? host.fact(dnfCheck) : undefined,
  ])
  const newer = found.some((each) => check?.upgrades.has(each.name)) ? 'latest' : ''
  return { installed: found.length > 0, version: found[0]?.version ?? '', newer }
}

async function readApk(host: ReadHost, name: string, wantsNewest: boolean): Promise<Found> {
  const { installed, version, upgrade } = await host.fact(apkPackages, name)
  return { installed, version, newer: wantsNewest ? upgrade : '' }
}
