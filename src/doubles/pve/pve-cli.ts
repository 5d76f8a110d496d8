import { readFile } from 'node:fs/promises'
import { type Answer, lines } from '#doubles/answer.ts'
import { type Call, type Command, type Double, defineDouble } from '#doubles/double.ts'
import { type ApiMethod, type ApiResult, callMethod } from './api.ts'
import { ApiError, die } from './api-error.ts'
import { canonicalJson } from './canonical-json.ts'
import { type Parameters, readCommandLine, text, type Values } from './parameters.ts'
import { type Pve, pveState } from './pve-state.ts'
import { readStorages } from './storage-file.ts'
import { showInEtc } from './vm-config.ts'

export interface CliCommand {
  readonly method: ApiMethod
  /** Parameters that are given without their name, in this order. */
  readonly positional?: readonly string[]
  /** The parameter that all other words make up, as a list. */
  readonly rest?: string
  readonly fixed?: Values
  /** What is printed of the answer; nothing when absent, all of it with `--output-format`. */
  readonly print?: (data: unknown, values: Values) => string
  /** Without the hook `upid_exit` a failed task ends with 0: `qm template`, `qm disk resize`. */
  readonly ignoresTask?: true
  /** Changes what was given before the method sees it. */
  readonly prepare?: (values: Values, read: (path: string) => Promise<string>) => Promise<Values>
}

const formats: Parameters = {
  'output-format': { ...text, enum: ['text', 'json', 'json-pretty', 'yaml'] },
  ...{
    quiet: { type: 'boolean' },
    noborder: { type: 'boolean' },
    noheader: { type: 'boolean' },
    'human-readable': { type: 'boolean' },
  },
}

/** A command of `qm`, `pvesm`, `pveum`: pve-common, PVE/CLIHandler.pm and PVE/RESTHandler.pm `cli_handler`. */
export function cliCommand(program: string, name: string, given: CliCommand): Command<Pve> {
  return { isRaw: true, run: (call) => endingWell(() => runCommand(`${program} ${name}`, given, call)) }
}

async function runCommand(
  shown: string,
  given: CliCommand,
  { operands, host, state }: Call<Pve>,
): Promise<Answer> {
  const { method, positional = [] } = given
  const inPath = Object.fromEntries(
    [...method.path.matchAll(/\{([\w-]+)\}/g)].map(([, key = '']) => [key, text]),
  )
  const line = readCommandLine({ ...inPath, ...method.parameters, ...formats }, operands)
  const problem = countProblem(given, line.operands.length)
  if (problem !== undefined) {
    return {
      exit: 255,
      stderr: `400 ${problem}\n${shown} ${positional.map((word) => `<${word}>`).join(' ')} [OPTIONS]\n`,
    }
  }
  const [own, format] = apart(line.values)
  const node = await host.name()
  const places = Object.fromEntries(positional.map((word, index) => [word, line.operands[index] ?? '']))
  const others = line.operands.slice(positional.length)
  const values = {
    ...own,
    ...places,
    ...(given.rest && others.length > 0 && { [given.rest]: others.join(',') }),
    ...given.fixed,
    ...(method.path.includes('{node}') && { node }),
  }
  const all = (await given.prepare?.(values, (path) => readText(host.path(path), path))) ?? values
  await readStorages(state, host)
  const before = Object.keys(state.vms)
  const result = await callMethod(method, all, { pve: state, host })
  await showInEtc({ pve: state, host, node }, before)
  return answerOf(given, result, { values: all, format })
}

function countProblem({ positional = [], rest }: CliCommand, count: number): string | undefined {
  if (count < positional.length) return 'not enough arguments'
  return count > positional.length && rest === undefined ? 'too many arguments' : undefined
}

/** What says how to print is no parameter of the method. */
function apart({ 'output-format': format, ...rest }: Values): readonly [Values, string | undefined] {
  const own = Object.entries(rest).filter(([key]) => !(key in formats))
  return [Object.fromEntries(own), rest['quiet'] === '1' ? 'quiet' : format]
}

function answerOf(
  given: CliCommand,
  { log, data, taskError }: ApiResult,
  { values, format }: { readonly values: Values; readonly format: string | undefined },
): Answer {
  if (taskError !== undefined)
    return { exit: given.ignoresTask ? 0 : 255, stdout: lines(log), stderr: `${taskError}\n` }
  if (data === null || data === undefined || format === 'quiet') return { stdout: lines(log) }
  const isJson = format === 'json' || format === 'json-pretty'
  const shown = isJson
    ? `${canonicalJson(data, format === 'json' ? undefined : 3)}\n`
    : (given.print?.(data, values) ?? '')
  return { stdout: `${lines(log)}${shown}` }
}

const readText = (file: string, shown: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => die(`can't open '${shown}' - No such file or directory`))

/** An error of the method is the program's. */
export async function endingWell(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ApiError) return { exit: error.exit, stderr: `${error.message}\n` }
    throw error
  }
}

export function defineCli(
  name: string,
  cites: string,
  commands: Readonly<Record<string, CliCommand>>,
): Double {
  return defineDouble({
    name,
    cites,
    state: pveState,
    commands: Object.fromEntries(
      Object.entries(commands).map(([words, one]) => [words, cliCommand(name, words, one)]),
    ),
    // `print_usage_short` ends with exit(-1).
    refuse: (problem) => ({
      exit: 255,
      stderr: `ERROR: ${problem.kind === 'unknown-command' ? `unknown command '${name} ${problem.word}'` : 'no command specified'}\nUSAGE: ${name} <COMMAND> [ARGS] [OPTIONS]\n`,
    }),
  })
}
