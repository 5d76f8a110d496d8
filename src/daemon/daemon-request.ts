import type { OutputOptions, VaultId } from '#app/requests.ts'

/** What the commands of schedules have in common. */
interface Common {
  /** The path of `schedules.yml`. */
  readonly file: string
  readonly vaultIds: readonly VaultId[]
}

/** `tsplay daemon`. */
export interface DaemonRequest extends Common {
  /** `address:port`, a port on 127.0.0.1, or `off`. */
  readonly listen: string
  /** How long a daemon that is to end waits for its runs. They go on in any case. */
  readonly drainMs: number
  /** The options that a process for one run is given as well. */
  readonly runOptions: readonly string[]
}

/** `tsplay daemon install`. */
export interface InstallRequest {
  readonly name: string
  readonly file: string
  readonly listen: string
  /** A credential file for the vault, loaded by systemd. */
  readonly credential?: string
  /** Show it instead of writing it. */
  readonly print: boolean
}

/** `tsplay schedule`. */
export type ScheduleRequest = Common &
  (
    | { readonly action: 'list'; readonly format: 'text' | 'json' }
    | { readonly action: 'next'; readonly name?: string; readonly count: number }
    | { readonly action: 'run'; readonly name: string; readonly at?: number; readonly output: OutputOptions }
    | { readonly action: 'pause'; readonly name: string; readonly until?: number }
    | { readonly action: 'resume'; readonly name: string }
    | {
        readonly action: 'history'
        readonly name?: string
        readonly count: number
        readonly format: 'text' | 'json'
      }
  )
