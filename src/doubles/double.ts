import { type Answer, Refusal } from './answer.ts'
import type { DoubleHost } from './host.ts'
import { lockedDoubles } from './lock.ts'
import { Options, type OptionTable, type Problem, parseOptions } from './options.ts'
import type { StateKind } from './store.ts'

/** One call of a command, its arguments read. Changes of `state` last when the command answers. */
export interface Call<State> {
  readonly options: Options
  readonly operands: readonly string[]
  readonly state: State
  readonly host: DoubleHost
  /** What it was sent on standard input; empty when the command does not read. */
  readonly input: string
}

export interface Command<State> {
  readonly options?: OptionTable
  /** Reads its arguments itself: all of them are operands. */
  readonly isRaw?: true
  /** Reads standard input to its end. Others do not touch it, since a caller may leave it open. */
  readonly reads?: true
  /** Throws `Refusal` to end without a change of the state. */
  readonly run: (call: Call<State>) => Answer | Promise<Answer>
}

export interface DoubleDefinition<State> {
  /** The program it stands in for. */
  readonly name: string
  /** The source of its behaviour: manual pages, files and versions of the real program. */
  readonly cites: string
  readonly state: StateKind<State>
  /**
   * Its calls may overlap, and call other doubles or itself, as those of a service manager do: it holds no lock while it
   * answers. Its `state` is what it is at the beginning; what it keeps it has to guard itself.
   */
  readonly isConcurrent?: true
  /** By the words that choose it: `'list'`, `'disk resize'`; `''` when no other fits. */
  readonly commands: Readonly<Record<string, Command<State>>>
  /** What the real program says to a command line it cannot read. */
  readonly refuse: (problem: Problem, command: string) => Answer
}

/** A double without its types, as the catalogue holds it. */
export interface Double {
  readonly name: string
  readonly cites: string
  readonly answer: (host: DoubleHost, args: readonly string[]) => Promise<Answer>
}

export function defineDouble<State>(definition: DoubleDefinition<State>): Double {
  const { name, cites } = definition
  return { name, cites, answer: (host, args) => answer(definition, host, args) }
}

/** The state is written only when the command answered; whatever a refused one did to it is forgotten. */
async function answer<State>(
  { commands, refuse, state, isConcurrent }: DoubleDefinition<State>,
  host: DoubleHost,
  args: readonly string[],
): Promise<Answer> {
  const words = chosen(Object.keys(commands), args)
  const command = words === undefined ? undefined : commands[words]
  if (words === undefined || !command) {
    const [word] = args
    return refuse(word === undefined ? { kind: 'no-command' } : { kind: 'unknown-command', word }, '')
  }
  const rest = words === '' ? args : args.slice(words.split(' ').length)
  const options = readOptions(command, rest)
  if (!(options instanceof Options)) return refuse(options, words)
  const input = command.reads ? await host.stdin() : ''
  const given = { options, operands: options.operands, host, input }
  try {
    if (isConcurrent) return await command.run({ ...given, state: state.initial() })
    return await lockedDoubles(host.root, async () => {
      const opened = await host.store.open(state)
      const said = await command.run({ ...given, state: opened })
      await host.store.save()
      return said
    })
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
}

const readOptions = <State>(
  { isRaw, options = {} }: Command<State>,
  args: readonly string[],
): Options | Problem => (isRaw ? new Options(new Map(), args) : parseOptions(options, args))

/** The longest run of leading words that names a command. */
function chosen(names: readonly string[], args: readonly string[]): string | undefined {
  const fitting = names.filter((name) => {
    const words = name === '' ? [] : name.split(' ')
    return words.every((word, index) => args[index] === word)
  })
  return fitting.toSorted((a, b) => b.length - a.length)[0]
}
