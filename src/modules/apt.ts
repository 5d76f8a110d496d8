import aptCacheAge, { type AptCacheAge } from '#facts/apt-cache-age.ts'
import aptCandidate, { type AptCandidate, candidateKey } from '#facts/apt-candidate.ts'
import aptSimulation, { type AptSimulation, simulationKey } from '#facts/apt-simulation.ts'
import debFile, { type DebFile } from '#facts/deb-file.ts'
import debPackages, { type DebPackage } from '#facts/deb-packages.ts'
import type { Change } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import { type AptArgs, aptArgs } from '#sdk/apt-args.ts'
import { aptErrors, aptScript, refreshedMark } from '#sdk/apt-get.ts'
import { joinAptArgs } from '#sdk/apt-join.ts'
import { type AptPackage, isWantedVersion, parseAptPackage } from '#sdk/apt-package.ts'
import {
  behaviourOf,
  installs,
  namesOf,
  onlyCache,
  simulatedWork,
  stepsOf,
  wantsCache,
  wantsNewest,
} from '#sdk/apt-request.ts'
import type { ReadHost } from '#sdk/host.ts'
import { joinChanges } from '#sdk/join-changes.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'

interface NamedPackage {
  readonly wanted: AptPackage
  readonly found: DebPackage
  /** Only asked for when the answer matters. */
  readonly available: AptCandidate | undefined
}

interface State {
  readonly packages: readonly NamedPackage[]
  readonly cache: AptCacheAge | undefined
  /** By the names of `simulatedWork`. */
  readonly simulated: readonly (readonly [kind: string, AptSimulation])[]
  readonly deb: DebFile | undefined
}

export default defineModule({
  summary: 'Installs, upgrades and removes Debian packages.',
  description:
    'The package lists are refreshed (`update_cache`, `cache_valid_time`) only when the task needs them: ' +
    'something is to be installed, `latest` or `upgrade` ask for new versions, or nothing else was asked for. ' +
    'When apt cannot find a package, they are refreshed once in any case.',
  args: aptArgs,
  argumentAliases: {
    pkg: 'name',
    package: 'name',
    'update-cache': 'update_cache',
    'install-recommends': 'install_recommends',
    'default-release': 'default_release',
    allow_downgrades: 'allow_downgrade',
    'allow-downgrade': 'allow_downgrade',
    'allow-downgrades': 'allow_downgrade',
    'allow-unauthenticated': 'allow_unauthenticated',
  },
  examples: [
    { title: 'Install packages', args: { name: ['curl', 'jq'], update_cache: true, cache_valid_time: 3600 } },
    { title: 'Install a version', args: { name: ['kubelet=1.28.*'], allow_downgrade: true } },
    { title: 'Remove with configuration', args: { name: ['exim4'], state: 'absent', purge: true } },
    { title: 'Upgrade everything', args: { upgrade: 'dist', update_cache: true } },
  ],
  // Lists that are always too old are refreshed each time.
  settles: (args) =>
    !(wantsCache(args) && (args.cache_valid_time ?? 0) === 0 && (onlyCache(args) || wantsNewest(args))),

  async probe({ args, host }): Promise<State> {
    const [packages, cache, simulated, deb] = await Promise.all([
      Promise.all(namesOf(args).map((name) => probePackage(host, args, parseAptPackage(name)))),
      wantsCache(args) ? host.fact(aptCacheAge) : undefined,
      Promise.all(Object.entries(simulatedWork(args)).map(([kind, words]) => simulate(host, kind, words))),
      args.deb === undefined ? undefined : host.fact(debFile, args.deb),
    ])
    return { packages, cache, simulated, deb }
  },

  plan({ args, state, mode }): readonly Change[] {
    const valid = args.cache_valid_time ?? 0
    const stale = state.cache !== undefined && (valid === 0 || state.cache.seconds > valid)
    const changes = [
      ...state.packages.flatMap((named) => packageChange(args, named)),
      ...state.simulated.flatMap(([kind, simulation]) => simulatedChanges(kind, simulation, stale)),
      ...debChange(args, state.deb),
    ]
    const adds = changes.some(({ after }) => after !== 'absent')
    // In check mode no new versions can be found, so refreshing alone would be no news.
    const refreshes = stale && (onlyCache(args) || adds || (wantsNewest(args) && mode === 'apply'))
    if (mode === 'check' && !refreshes) refuseUnavailable(state.packages, changes)
    return [...(refreshes ? [cacheChange(state.cache)] : []), ...changes]
  },

  async apply({ args, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field.split(' ')[0] ?? field))
    const script = aptScript(stepsOf(args, fields), behaviourOf(args))
    const output = await host.run(script, { accept: 'any', live: true })
    if (output.rc === 0) return output
    throw new TaskFailure(`apt-get failed: ${aptErrors(output.stderr || output.stdout)}`, { ...output })
  },

  result({ args, state: { cache }, changes, applied }) {
    const { stdout = '', stderr = '' } = applied ?? {}
    const updated = stdout.includes(refreshedMark)
    const auxiliary =
      applied !== undefined && !onlyCache(args) && changes.every(({ field }) => field === 'cache')
    return {
      changed: auxiliary ? hasUpgraded(stdout) : changes.length > 0,
      data: {
        cache_updated: updated,
        ...(cache ? { cache_update_time: cache.updated + (updated ? cache.seconds : 0) } : {}),
        ...(applied ? { stdout: stdout.replaceAll(`${refreshedMark}\n`, ''), stderr } : {}),
      },
    }
  },

  writesOnce: () => true,

  join(calls) {
    const args = joinAptArgs(calls.map((one) => one.args))
    return args && { args, changes: joinChanges(calls.map(({ changes }) => changes)) }
  },
})

async function probePackage(host: ReadHost, args: AptArgs, wanted: AptPackage): Promise<NamedPackage> {
  const release = wanted.release ?? args.default_release
  const versions = (): Promise<AptCandidate> => host.fact(aptCandidate, candidateKey(wanted.name, release))
  const mayNeedVersions = installs(args) && !wanted.pattern
  // `latest` always needs them: asked for at once, they share the flight.
  const early =
    mayNeedVersions && (args.state === 'latest' || wanted.release !== undefined) ? versions() : undefined
  const [found, known] = await Promise.all([host.fact(debPackages, wanted.name), early])
  const suffices = found.installed && isWantedVersion(wanted.version, found.version)
  const available = known ?? (mayNeedVersions && !suffices ? await versions() : undefined)
  return { wanted, found, available }
}

async function simulate(
  host: ReadHost,
  kind: string,
  words: readonly string[],
): Promise<readonly [string, AptSimulation]> {
  return [kind, await host.fact(aptSimulation, simulationKey(words))]
}

function packageChange(args: AptArgs, { wanted, found, available }: NamedPackage): readonly Change[] {
  const field = `package ${wanted.name}`
  if (args.state === 'absent') return removal(field, found, args.purge ?? false)
  if (!installs(args) || wanted.pattern) return []
  if (found.installed) return upgrade(args, { wanted, found, available })
  const after = choice(wanted, available)
  const provided = found.providers.length > 0 && available?.candidate === ''
  return provided || args.only_upgrade ? [] : [{ field, before: 'absent', after: after || 'present' }]
}

function upgrade(args: AptArgs, { wanted, found, available }: NamedPackage): readonly Change[] {
  const after = choice(wanted, available)
  const newer = args.state === 'latest' && after !== '' && after !== found.version
  const suffices = isWantedVersion(wanted.version, found.version) && isFrom(wanted.release, found, available)
  if (suffices && !newer) return []
  return [{ field: `package ${wanted.name}`, before: found.version, after: after || wanted.text }]
}

function removal(field: string, found: DebPackage, purge: boolean): readonly Change[] {
  if (found.installed) return [{ field, before: found.version, after: 'absent' }]
  const remains = purge && found.status !== 'not-installed'
  return remains ? [{ field, before: found.status, after: 'absent' }] : []
}

/** The version that apt would install; empty when it knows none. */
function choice({ version }: AptPackage, available: AptCandidate | undefined): string {
  if (!available) return ''
  if (isWantedVersion(version, available.candidate)) return available.candidate
  return available.versions.find((known) => isWantedVersion(version, known.version))?.version ?? ''
}

function isFrom(
  release: string | undefined,
  found: DebPackage,
  available: AptCandidate | undefined,
): boolean {
  if (release === undefined) return true
  const sources = available?.versions.find(({ version }) => version === found.version)?.sources ?? []
  return sources.some((source) => source.split(' ').some((word) => word.startsWith(`${release}/`)))
}

function simulatedChanges(kind: string, { steps, error }: AptSimulation, stale: boolean): readonly Change[] {
  if (error === '') {
    return steps.map((step) => ({
      field: `${kind} ${step.package}`,
      before: step.before || 'absent',
      after: step.after || 'absent',
    }))
  }
  // New lists may well be what is missing.
  if (stale) return [{ field: kind, before: undefined, after: new Unknown('apt-get update') }]
  throw new TaskFailure(`apt-get ${kind} would fail: ${error.replaceAll('E: ', '')}`)
}

function debChange(args: AptArgs, deb: DebFile | undefined): readonly Change[] {
  if (!deb) return []
  if (deb.error !== '') throw new TaskFailure(`${args.deb} cannot be read as a Debian package: ${deb.error}`)
  const isOther = deb.installed !== deb.version
  const differs = deb.upToDate ? isOther && Boolean(args.allow_downgrade || args.force) : true
  return differs
    ? [{ field: `deb ${deb.package}`, before: deb.installed || 'absent', after: deb.version }]
    : []
}

function cacheChange(cache: AptCacheAge | undefined): Change {
  return { field: 'cache', before: cache?.updated ? `${cache.seconds} s old` : 'absent', after: 'refreshed' }
}

/** In check mode apt does not get to say it. */
function refuseUnavailable(packages: readonly NamedPackage[], changes: readonly Change[]): void {
  const changing = new Set(changes.map(({ field }) => field))
  for (const { wanted, available } of packages) {
    if (!available || !changing.has(`package ${wanted.name}`) || choice(wanted, available) !== '') continue
    const known = available.versions.map(({ version }) => version).join(', ')
    throw new TaskFailure(
      known === ''
        ? `No package matching "${wanted.name}" is available.`
        : `${wanted.text} is not among the versions: ${known}.`,
    )
  }
}

/** `1 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.` */
function hasUpgraded(stdout: string): boolean {
  const sums = stdout.matchAll(
    /^(\d+) upgraded, (\d+) newly installed, (?:(\d+) downgraded, )?(\d+) to remove/gm,
  )
  return [...sums].some((counts) => counts.slice(1).some((count) => Number(count) > 0))
}
