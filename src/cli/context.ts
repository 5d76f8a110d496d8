import type { Outcome } from '#app/requests.ts'
import type { Terminal } from '#base/terminal.ts'
import type { OptionValues } from './option-values.ts'
import type { UseCases } from './use-cases.ts'

/** What a command works with, besides its own arguments. */
export interface CommandContext {
  readonly values: OptionValues
  /** The arguments in front of the options, and those after `--`. */
  readonly words: readonly string[]
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly useCases: UseCases
}

/** A command turns its words and options into a request and hands it to one use case. */
export type CommandAction = (context: CommandContext) => Promise<Outcome>
