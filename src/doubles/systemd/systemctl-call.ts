import type { DoubleHost } from '../host.ts'
import type { Options } from '../options.ts'

/** A call of systemctl, its verb taken off. */
export interface SystemctlCall {
  readonly host: DoubleHost
  readonly options: Options
  /** Of units, as they were given. */
  readonly names: readonly string[]
}
