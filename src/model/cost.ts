/** What one task is expected to cost one host. */
export interface TaskCost {
  readonly host: string
  readonly task: string
  /** `site.yml:12` */
  readonly source: string
  readonly module: string
  /** `unknown`: whether it changes something is known only when those before it have. */
  readonly changes: 'none' | 'some' | 'unknown'
  /** Round trips beyond connecting. The questions of tasks that are asked ahead count for the first of them. */
  readonly flights: number
  /** To the host: scripts, and what is written. */
  readonly bytes: number
  /** Programs that shells on the host start; what those start themselves is not known. */
  readonly processes: number
  /** Its change travels in the flight of one before it. */
  readonly travelsAlong: boolean
}

/** What has been sent to a host so far. */
export type Spent = Pick<TaskCost, 'flights' | 'bytes' | 'processes'>

/** Hears what a run would cost; the run is one in check mode. */
export interface CostWatch {
  spent(host: string): Spent
  tell(cost: TaskCost): void
}
