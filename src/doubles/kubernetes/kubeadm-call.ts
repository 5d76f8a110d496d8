import type { DoubleHost } from '../host.ts'
import type { Options } from '../options.ts'

export interface KubeadmCall {
  readonly host: DoubleHost
  readonly options: Options
  readonly operands: readonly string[]
  /** Its own, `v1.28.15`. */
  readonly version: string
}
