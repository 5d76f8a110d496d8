import { type Answer, Refusal, refuse } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { Options, type OptionTable, type Problem, parseOptions } from '../options.ts'
import type { KubeClient } from './kube-client.ts'
import type { Kubeconfig } from './kubeconfig.ts'

/** One call of a command of kubectl, its arguments read. */
export interface KubectlCall {
  readonly host: DoubleHost
  readonly options: Options
  readonly operands: readonly string[]
  readonly config: Kubeconfig
  /** Throws when there is no cluster to ask. */
  readonly client: () => KubeClient
  /** Of `--namespace`, of the context, or `default`. */
  readonly namespace: string
}

export interface KubectlCommand {
  readonly options?: OptionTable
  /** Throws `Refusal` to end with an error. */
  readonly run: (call: KubectlCall) => Answer | Promise<Answer>
}

/** Those that every command takes: `kubectl options`. */
const globalOptions: OptionTable = {
  '--kubeconfig': 'value',
  '--context': 'value',
  '--cluster': 'value',
  '--user': 'value',
  '--server -s': 'value',
  '--namespace -n': 'value',
  '--request-timeout': 'value',
  '--insecure-skip-tls-verify': 'flag',
  '--v -v': 'value',
  '--warnings-as-errors': 'flag',
}

export interface ReadCall {
  /** Empty where there is none. */
  readonly command: string
  readonly args: readonly string[]
}

/** Finds the command, before which there may be options. */
export function readCommand(args: readonly string[]): ReadCall {
  const takesValue = new Set(
    Object.entries(globalOptions).flatMap(([names, kind]) => (kind === 'value' ? names.split(' ') : [])),
  )
  const rest = [...args]
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? ''
    if (!word.startsWith('-')) return { command: word, args: rest.toSpliced(at, 1) }
    if (takesValue.has(word)) at += 1
  }
  return { command: '', args }
}

/** In the words of pflag and cobra, which kubectl reads its command line with. */
export function readOptions(path: string, table: OptionTable, args: readonly string[]): Options {
  const all = { ...globalOptions, ...table }
  const options = parseOptions(all, plainFlags(all, args))
  if (options instanceof Options) return options
  return refuse(1, `error: ${said(options)}\nSee 'kubectl ${path} --help' for usage.`)
}

/** A flag may say `=true` and `=false` (pflag). */
function plainFlags(table: OptionTable, args: readonly string[]): readonly string[] {
  const flags = new Set(
    Object.entries(table).flatMap(([names, kind]) => (kind === 'flag' ? names.split(' ') : [])),
  )
  return args.flatMap((word) => {
    const [, name = '', value] = /^(-[^=]+)=(true|false)$/.exec(word) ?? []
    if (!flags.has(name)) return [word]
    return value === 'true' ? [name] : []
  })
}

function said(problem: Problem): string {
  if (problem.kind === 'missing-value') {
    const { option } = problem
    const letter = option.startsWith('--') ? '' : `'${option.slice(1)}' in `
    return `flag needs an argument: ${letter}${option}`
  }
  const option = problem.kind === 'unknown-option' ? problem.option : ''
  return option.startsWith('--')
    ? `unknown flag: ${option}`
    : `unknown shorthand flag: '${option.slice(1)}' in ${option}`
}

/** What a Refusal says; anything else that is thrown is no answer. */
export function answerOf(error: unknown): Answer {
  if (error instanceof Refusal) return error.answer
  throw error
}

/** Several answers, one after the other; the worst exit code counts. */
export const joined = (answers: readonly Answer[]): Answer => ({
  stdout: answers.map(({ stdout = '' }) => stdout).join(''),
  stderr: answers.map(({ stderr = '' }) => stderr).join(''),
  exit: Math.max(0, ...answers.map(({ exit = 0 }) => exit)),
})

/** Does a thing for each; one that is refused keeps none from its turn. */
export async function forEach<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer> {
  const answers: Answer[] = []
  for (const item of items) answers.push(await work(item).catch(answerOf))
  return joined(answers)
}
