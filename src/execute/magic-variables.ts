import { omit } from '#model/omit.ts'
import type { RoleUse, Task } from '#model/program.ts'
import { lazyObject } from './lazy-object.ts'
import type { PlayState } from './play-state.ts'
import type { RunState } from './run-state.ts'
import type { MagicVariables, Scope } from './scope.ts'

/** What the magic variables of one place are made from. */
export interface MagicSource {
  readonly run: RunState
  readonly play: PlayState | undefined
  readonly role: RoleUse | undefined
  readonly task: Pick<Task, 'range'> | undefined
  /** The scope of another host, for `hostvars`. */
  hostScope(host: string, reader: Scope): Scope
}

type Maker = (source: MagicSource, scope: Scope) => unknown

const short = (name: string): string => name.split('.')[0] ?? name

/** Names as Ansible's users know them; ruling 9 of the language: none of them can be assigned. */
const makers: Readonly<Record<string, Maker>> = {
  inventory_hostname: (_, scope) => scope.host.name,
  inventory_hostname_short: (_, scope) => short(scope.host.name),
  inventory_dir: ({ run }) => run.program.inventory.directory ?? null,
  inventory_file: ({ run }) => run.program.inventory.sources[0] ?? null,
  inventory_sources: ({ run }) => [...run.program.inventory.sources],
  group_names: ({ run }, scope) => groupNames(run, scope.host.name),
  groups: ({ run }) => Object.fromEntries(run.inventory.groups()),
  hostvars: (source, scope) => hostvars(source, scope),
  facts: (source, scope) => hostFacts(source, scope),
  ansible_facts: (source, scope) => hostFacts(source, scope),
  omit: () => omit,
  playbook_dir: ({ play }) => (play ? folderOf(play.play.file) : null),
  role_name: ({ role }) => role?.name ?? null,
  role_path: ({ role }) => role?.path ?? null,
  ansible_role_name: ({ role }) => role?.name ?? null,
  ansible_parent_role_names: ({ role }) => [...(role?.parents ?? [])].reverse(),
  ansible_play_name: ({ play }) => play?.play.name ?? null,
  ansible_play_hosts: ({ play, run }) => active(run, play?.playHosts ?? []),
  ansible_play_hosts_all: ({ play }) => [...(play?.playHosts ?? [])],
  ansible_play_batch: ({ play, run }) => active(run, play?.batch ?? []),
  play_hosts: ({ play, run }) => active(run, play?.playHosts ?? []),
  ansible_check_mode: ({ run }) => run.settings.mode === 'check',
  ansible_diff_mode: ({ run }) => run.settings.diff,
  ansible_run_tags: ({ run }) => (run.settings.tags.length > 0 ? [...run.settings.tags] : ['all']),
  ansible_skip_tags: ({ run }) => [...run.settings.skipTags],
  ansible_limit: ({ run }) => run.settings.limit ?? null,
  ansible_forks: ({ run }) => run.settings.forks,
  ansible_verbosity: ({ run }) => run.settings.verbosity,
  ansible_version: ({ run }) => ({ full: run.settings.version, string: run.settings.version }),
  tsplay_state_dir: ({ run }) => run.settings.stateFolder,
  tsplay_version: ({ run }) => run.settings.version,
  ansible_search_path: ({ play, role }) => [role?.path, play && folderOf(play.play.file)].filter(Boolean),
  ansible_failed_task: (_, scope) => scope.host.lastFailure?.task,
  ansible_failed_result: (_, scope) => scope.host.lastFailure?.result,
}

const absentUntilFailure = new Set(['ansible_failed_task', 'ansible_failed_result'])

export function magicVariables(source: MagicSource): MagicVariables {
  return {
    has: (name, { host }) =>
      Object.hasOwn(makers, name) && (host.lastFailure !== undefined || !absentUntilFailure.has(name)),
    get: (name, scope) => makers[name]?.(source, scope),
    names: () => Object.keys(makers).filter((name) => !absentUntilFailure.has(name)),
  }
}

function groupNames(run: RunState, host: string): readonly string[] {
  const groups = run.inventory.groupsOf(host)
  return groups.length > 0 || !run.inventory.has(host) ? groups : ['ungrouped']
}

function hostvars(source: MagicSource, reader: Scope): unknown {
  const { inventory } = source.run
  return lazyObject({
    keys: () => inventory.hostNames(),
    has: (host) => inventory.has(host) || host === 'localhost',
    get: (host) => {
      const scope = source.hostScope(host, reader)
      return lazyObject({
        keys: () => [...scope.names()],
        has: (name) => scope.has(name),
        get: (name) => scope.get(name),
      })
    },
  })
}

/** Facts known so far; reading one that is not known yet is noted, so that the engine fetches it and tries again. */
function hostFacts({ run }: MagicSource, scope: Scope): unknown {
  const { facts, name } = scope.host
  const table = run.dependencies.hostFacts.facts
  return lazyObject({
    keys: () => [...facts.keys()],
    has: (fact) => facts.has(fact) || table.has(fact),
    get: (fact) => {
      if (facts.has(fact)) return facts.get(fact)
      if (table.has(fact)) scope.needFact(name, fact)
      return undefined
    },
  })
}

const active = (run: RunState, hosts: readonly string[]): readonly string[] =>
  hosts.filter((host) => run.host(host).isActive)

const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1))
