import type { ConnectionSettings, RunSettings } from '#execute/dependencies.ts'
import { limitText } from './limited-hosts.ts'
import type { ConnectionOptions, HostSelection, OutputOptions } from './requests.ts'
import { stateFolder } from './state-folder.ts'
import { version } from './version.ts'

const connectTimeoutSeconds = 10

/** Far enough that a converged play of any usual length is asked in one flight. */
const longestReadahead = 1000

export interface SettingsParts {
  readonly hosts: HostSelection
  readonly connection: ConnectionOptions
  readonly output: OutputOptions
  readonly mode: 'apply' | 'check'
  readonly playbooks?: readonly string[]
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly forceHandlers?: boolean
  readonly answers: ReadonlyMap<string, unknown>
  readonly pendingHandlers: Readonly<Record<string, readonly string[]>>
}

/** The choices of a command line as `execute` takes them. */
export function runSettings(parts: SettingsParts): RunSettings {
  const limit = limitText(parts.hosts.limit)
  return {
    mode: parts.mode,
    diff: parts.output.diff,
    forks: parts.connection.forks,
    verbosity: parts.output.verbosity,
    readahead: parts.connection.readahead ?? longestReadahead,
    ...(limit === undefined ? {} : { limit }),
    tags: parts.tags ?? [],
    skipTags: parts.skipTags ?? [],
    forceHandlers: parts.forceHandlers ?? false,
    playbooks: parts.playbooks ?? [],
    version: version(),
    stateFolder: stateFolder(),
    connection: connectionSettings(parts.connection),
    answers: parts.answers,
    pendingHandlers: new Map(Object.entries(parts.pendingHandlers)),
  }
}

function connectionSettings(options: ConnectionOptions): ConnectionSettings {
  const { forks: _forks, readahead: _readahead, connectTimeoutSeconds: seconds, ...rest } = options
  return { ...rest, connectTimeoutSeconds: seconds ?? connectTimeoutSeconds }
}
