import type { HostRecap } from './event.ts'

/** What is known of a run before it begins. */
export interface RunOrigin {
  readonly command: 'run' | 'plan' | 'exec'
  readonly mode: 'apply' | 'check'
  /** As typed; empty for an ad-hoc command. */
  readonly playbooks: readonly string[]
  /** The hosts of an ad-hoc command. */
  readonly pattern?: string
  readonly limit?: string
  /** The schedule it was started for, and for which time. */
  readonly due?: Due
}

/** One time at which a schedule is due. */
export interface Due {
  readonly schedule: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A process of this or another machine, told apart from later ones with the same number. */
export interface ProcessMark {
  readonly host: string
  readonly pid: number
  /** When it started, in the machine's own count. Linux only. */
  readonly started?: string
  /** Which start of the machine it belongs to. Linux only. */
  readonly boot?: string
}

/** `running`: its process is alive. `lost`: its process ended without closing the record. */
export type RunState = 'ended' | 'running' | 'lost'

/** One recorded run, as lists show it. Times are milliseconds since 1970. */
export interface RunSummary extends RunOrigin {
  readonly id: string
  readonly state: RunState
  readonly user: string
  readonly startedAt: number
  /** Of the last event that was written. */
  readonly endedAt?: number
  readonly exitCode?: number
  readonly interrupted: boolean
  readonly hosts: Readonly<Record<string, HostRecap>>
}

/** The work of a run in a few words: `run site.yml`, `exec web`. */
export function whatRan({ command, mode, playbooks, pattern, limit }: RunOrigin): string {
  const what = command === 'exec' ? (pattern ?? '') : playbooks.join(' ')
  const check = command === 'run' && mode === 'check' ? ' --check' : ''
  return `${command} ${what}${check}${limit === undefined ? '' : ` -l ${limit}`}`
}
