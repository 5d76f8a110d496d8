import type { CommandAction } from './context.ts'
import type { Completes, OptionGroup } from './options.ts'

/** One command as data. Its code is loaded when it is called. */
export interface CommandRow {
  /** `lab up` is the command `up` of the group `lab`. */
  readonly name: string
  readonly summary: string
  readonly arguments: readonly ArgumentRow[]
  readonly options: readonly OptionGroup[]
  readonly examples: readonly string[]
  readonly load: () => Promise<CommandAction>
}

export interface ArgumentRow {
  /** As commander writes it: `<pattern>`, `[words...]`. */
  readonly name: string
  readonly description: string
  readonly choices?: readonly string[]
  readonly completes?: Completes
}
