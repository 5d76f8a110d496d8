import type { AptArgs } from './apt-args.ts'
import type { AptBehaviour, AptStep } from './apt-get.ts'
import { parseAptPackage } from './apt-package.ts'
import { sh } from './quote.ts'

/** Work that apt itself has to say the changes of: what it is called, and the words for apt-get. */
export type SimulatedWork = Readonly<Record<string, readonly string[]>>

export const namesOf = (args: AptArgs): readonly string[] =>
  upgradesEverything(args) ? [] : (args.name ?? []).filter((name) => name.trim() !== '')

/** `name: '*'` with `state: latest` is Ansible's other way to say `upgrade: dist`. */
const upgradesEverything = ({ name, state }: AptArgs): boolean =>
  state === 'latest' && (name ?? []).includes('*')

const isPattern = (name: string): boolean => parseAptPackage(name).pattern

export function simulatedWork(args: AptArgs): SimulatedWork {
  const names = namesOf(args)
  const patterns = names.filter(isPattern)
  return {
    ...(args.state === 'build-dep' ? { 'build-dep': ['build-dep', ...installFlags(args), ...names] } : {}),
    ...(args.state === 'fixed'
      ? { fixed: ['--fix-broken', 'install', ...installFlags(args), ...names] }
      : {}),
    ...(patterns.length > 0 && installs(args) ? { install: installWords(args, patterns) } : {}),
    ...upgradeWork(args),
    ...(args.autoremove ? { autoremove: ['autoremove', ...(args.purge ? ['--purge'] : [])] } : {}),
    ...(args.autoclean ? { autoclean: ['autoclean'] } : {}),
  }
}

function upgradeWork(args: AptArgs): SimulatedWork {
  const kind = upgradesEverything(args) ? 'dist' : args.upgrade
  if (kind === undefined || kind === 'no') return {}
  const words = kind === 'dist' || kind === 'full' ? ['dist-upgrade'] : ['upgrade', '--with-new-pkgs']
  return { upgrade: [...words, ...installFlags(args)] }
}

/** The task puts packages on the host, by name. */
export const installs = ({ state = 'present' }: AptArgs): boolean => state === 'present' || state === 'latest'

/** New lists may bring new versions, which the task wants. */
export const wantsNewest = (args: AptArgs): boolean =>
  args.state === 'latest' || args.state === 'build-dep' || 'upgrade' in simulatedWork(args)

export const wantsCache = ({ update_cache, cache_valid_time = 0 }: AptArgs): boolean =>
  update_cache ?? cache_valid_time > 0

/** The lists are all that the task is about. */
export const onlyCache = (args: AptArgs): boolean =>
  namesOf(args).length === 0 && args.deb === undefined && Object.keys(simulatedWork(args)).length === 0

function installWords(args: AptArgs, names: readonly string[]): readonly string[] {
  return ['install', ...installFlags(args), ...names]
}

function installFlags(args: AptArgs): readonly string[] {
  const { install_recommends: recommends, default_release: release, force } = args
  return [
    ...(args.only_upgrade ? ['--only-upgrade'] : []),
    ...(recommends === undefined ? [] : ['-o', `APT::Install-Recommends=${recommends ? 'yes' : 'no'}`]),
    ...(args.allow_downgrade || force ? ['--allow-downgrades'] : []),
    ...(args.allow_unauthenticated || force ? ['--allow-unauthenticated'] : []),
    ...(args.allow_change_held_packages || force ? ['--allow-change-held-packages'] : []),
    ...(force ? ['--allow-remove-essential'] : []),
    ...(release === undefined ? [] : ['-t', release]),
  ]
}

/**
 * The steps for what differs, in order: lists first, then what was named, then everything, tidying last.
 * `fields` are the first words of the changes' names.
 */
export function stepsOf(args: AptArgs, fields: ReadonlySet<string>): readonly AptStep[] {
  const refreshed = fields.has('cache')
  const work = simulatedWork(args)
  const needed = (kind: string): boolean => fields.has(kind) || (refreshed && wantsNewest(args))
  const simulated = (kind: string): readonly AptStep[] => {
    const words = work[kind]
    return words && needed(kind) ? [{ words, refresh: !refreshed }] : []
  }
  const tidy = (kind: string): readonly AptStep[] => (work[kind] ? [{ words: work[kind] }] : [])
  return [
    ...(refreshed ? [{ words: ['update'] }] : []),
    ...simulated('build-dep'),
    ...simulated('fixed'),
    ...(needed('package') || fields.has('install') ? nameSteps(args, !refreshed) : []),
    ...(fields.has('deb') ? [debStep(args)] : []),
    ...simulated('upgrade'),
    ...tidy('autoremove'),
    ...tidy('autoclean'),
  ]
}

function nameSteps(args: AptArgs, refresh: boolean): readonly AptStep[] {
  const names = namesOf(args)
  if (names.length === 0) return []
  if (installs(args)) return [{ words: installWords(args, names), refresh }]
  if (args.state !== 'absent') return []
  const flags = args.force ? ['--allow-remove-essential', '--allow-change-held-packages'] : []
  const held = args.allow_change_held_packages ? ['--allow-change-held-packages'] : []
  return [{ words: [args.purge ? 'purge' : 'remove', ...flags, ...held, ...names.map(bareName)] }]
}

const bareName = (name: string): string => parseAptPackage(name).name

/** apt-get takes a file only by a path with a slash; a fetched one goes away afterwards. */
function debStep(args: AptArgs): AptStep {
  const { deb = '' } = args
  const install = ['install', ...installFlags(args)]
  if (!/^(https?|ftp):\/\//.test(deb)) return { words: [...install, deb.includes('/') ? deb : `./${deb}`] }
  return {
    script: sh`{ fetched=$(mktemp -d) && chmod 755 "$fetched" &&
if command -v curl >/dev/null 2>&1; then curl -fsSL -o "$fetched/package.deb" ${deb}; else wget -qO "$fetched/package.deb" ${deb}; fi &&
tsplay_apt ${install} "$fetched/package.deb"; rc=$?; rm -rf "$fetched"; ( exit "$rc" ); }`,
  }
}

export function behaviourOf(args: AptArgs): AptBehaviour {
  return {
    lockTimeout: args.lock_timeout ?? 60,
    dpkgOptions: args.dpkg_options ?? 'force-confdef,force-confold',
    ...(args.policy_rc_d === undefined ? {} : { policyRcD: args.policy_rc_d }),
    updateRetries: args.update_cache_retries ?? 5,
    updateRetryMaxDelay: args.update_cache_retry_max_delay ?? 12,
  }
}
