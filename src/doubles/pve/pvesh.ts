import { type Answer, lines } from '#doubles/answer.ts'
import { type Call, type Command, defineDouble } from '#doubles/double.ts'
import { callMethod, type Verb } from './api.ts'
import { canonicalJson } from './canonical-json.ts'
import { readCommandLine, text } from './parameters.ts'
import { endingWell } from './pve-cli.ts'
import { type Pve, pveState } from './pve-state.ts'
import { findRoute } from './routes.ts'
import { textTable } from './text-table.ts'
import { showInEtc } from './vm-config.ts'

const own = ['output-format', 'quiet', 'noproxy', 'human-readable', 'noborder', 'noheader']
const verbs: readonly Verb[] = ['get', 'create', 'set', 'delete']

/**
 * `pvesh get|create|set|delete PATH [--name value]…`: pve-manager, PVE/CLI/pvesh.pm `call_api_method`. A task runs in
 * the foreground, its log goes to standard output before its UPID, and when it fails the exit code is 0 all the same.
 */
export const pvesh = defineDouble({
  name: 'pvesh',
  cites:
    'Proxmox VE 9.1: pvesh(1), PVE/CLI/pvesh.pm, pve-common PVE/RESTEnvironment.pm and PVE/CLIFormatter.pm',
  state: pveState,
  commands: Object.fromEntries(verbs.map((verb) => [verb, commandOf(verb)])),
  refuse: (problem) => ({
    exit: 255,
    stderr: `ERROR: ${problem.kind === 'unknown-command' ? `unknown command 'pvesh ${problem.word}'` : 'no command specified'}\nUSAGE: pvesh <COMMAND> [ARGS] [OPTIONS]\n`,
  }),
})

function commandOf(verb: Verb): Command<Pve> {
  return { isRaw: true, run: (call) => endingWell(() => ask(verb, call)) }
}

async function ask(verb: Verb, { operands, state, host }: Call<Pve>): Promise<Answer> {
  const [path, ...rest] = operands
  if (path === undefined)
    return { exit: 255, stderr: `400 not enough arguments\npvesh ${verb} <api_path> [OPTIONS]\n` }
  const route = findRoute(verb, path)
  if (!route) return { exit: 1, stderr: `No '${verb}' handler defined for '${path}'\n` }
  const shows = Object.fromEntries(
    own.map((name) => [name, name === 'output-format' ? text : ({ type: 'boolean' } as const)]),
  )
  const { values, operands: extra } = readCommandLine({ ...route.method.parameters, ...shows }, rest)
  if (extra.length > 0)
    return { exit: 255, stderr: `400 too many arguments\npvesh ${verb} <api_path> [OPTIONS]\n` }
  const given = Object.fromEntries(Object.entries(values).filter(([key]) => !own.includes(key)))
  const before = Object.keys(state.vms)
  const { data, upid, log, taskError } = await callMethod(
    route.method,
    { ...given, ...route.values },
    { pve: state, host },
  )
  await showInEtc({ pve: state, host, node: await host.name() }, before)
  const result = upid ?? data
  const isSilent = result === null || result === undefined || values['quiet'] === '1'
  return {
    exit: 0,
    stdout: `${lines(log)}${isSilent ? '' : formatted(result, values['output-format'] ?? 'text')}`,
    ...(taskError !== undefined && { stderr: `${taskError}\n` }),
  }
}

function formatted(result: unknown, format: string): string {
  if (format === 'json') return `${canonicalJson(result)}\n`
  if (format === 'json-pretty') return `${canonicalJson(result, 3)}\n`
  return textTable(result)
}
