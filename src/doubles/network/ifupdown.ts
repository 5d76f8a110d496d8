import { readFile } from 'node:fs/promises'
import { type Answer, lines } from '#doubles/answer.ts'
import { type Call, type Double, defineDouble } from '#doubles/double.ts'
import type { OptionTable } from '#doubles/options.ts'
import { hasKeys, type StateKind } from '#doubles/store.ts'
import { type Interfaces, readInterfaces } from './interfaces-file.ts'

/** What was brought up, as it was configured then. A lab host's own network stays as it is. */
interface Network {
  up: Record<string, readonly string[]>
}

const network: StateKind<Network> = {
  family: 'network',
  initial: () => ({ up: {} }),
  isState: (value): value is Network => hasKeys(value, 'up'),
}

const cites =
  'ifupdown2 3.3: ifreload(8), ifup(8), ifquery(8), ifupdown/networkinterfaces.py, ifupdown/main.py'

const options: OptionTable = {
  '-a --all': 'flag',
  '-s --syntax-check': 'flag',
  '-n --no-act': 'flag',
  '-v --verbose': 'flag',
  '-d --debug': 'flag',
  '-q --quiet': 'flag',
  '-f --force': 'flag',
  '-c --currently-up': 'flag',
  '-i --interfaces': 'value',
  '--diff': 'flag',
}

async function configured({ options: given, host }: Call<Network>): Promise<Interfaces> {
  const path = given.text('i') ?? '/etc/network/interfaces'
  return readInterfaces(path, (file) => readFile(host.path(file), 'utf8'))
}

const problems = ({ errors }: Interfaces): Answer => ({
  exit: 1,
  stderr: lines(errors.map((error) => `error: ${error}`)),
})

/** Applies what differs. With an error in the file the rest is still applied, and the end is 1. */
async function reload(call: Call<Network>): Promise<Answer> {
  const { options: given, state } = call
  if (!given.has('a') && !given.has('c'))
    return { exit: 1, stderr: "error: '-a' or '-c' option is required\n" }
  const found = await configured(call)
  const answer = found.errors.length > 0 ? problems(found) : {}
  if (given.has('s') || given.has('n')) return answer
  const wanted = Object.entries(found.stanzas).filter(([name]) => found.auto.includes(name) || state.up[name])
  state.up = Object.fromEntries(wanted)
  return answer
}

async function up(call: Call<Network>): Promise<Answer> {
  const { options: given, operands, state } = call
  const found = await configured(call)
  if (found.errors.length > 0 && (given.has('s') || given.has('a'))) return problems(found)
  const names = given.has('a') ? found.auto : operands
  const missing = names.find((name) => !found.stanzas[name])
  if (missing !== undefined) return { exit: 1, stderr: `error: cannot find interfaces: ${missing}\n` }
  if (given.has('s') || given.has('n')) return {}
  for (const name of names) state.up[name] = found.stanzas[name] ?? []
  return {}
}

async function down(call: Call<Network>): Promise<Answer> {
  const names = call.options.has('a') ? Object.keys(call.state.up) : call.operands
  const missing = names.find((name) => !call.state.up[name])
  if (missing !== undefined) return { exit: 1, stderr: `error: cannot find interfaces: ${missing}\n` }
  for (const name of names) delete call.state.up[name]
  return {}
}

/** What is configured; with `--running` what was brought up. */
async function query(call: Call<Network>): Promise<Answer> {
  const found = await configured(call)
  const stanzas = call.options.has('r') ? call.state.up : found.stanzas
  const names = call.options.has('a') ? Object.keys(stanzas) : call.operands
  const missing = names.find((name) => !stanzas[name])
  if (missing !== undefined) return { exit: 1, stderr: `error: cannot find interfaces: ${missing}\n` }
  const shown = names.map((name) => {
    const auto = found.auto.includes(name) ? `auto ${name}\n` : ''
    const [head = '', ...rest] = stanzas[name] ?? []
    return `${auto}${lines([head, ...rest.map((line) => `\t${line}`)])}\n`
  })
  return { stdout: shown.join('') }
}

const programs = { ifreload: reload, ifup: up, ifdown: down, ifquery: query } as const

export const ifupdown: readonly Double[] = Object.entries(programs).map(([name, run]) =>
  defineDouble({
    name,
    cites,
    state: network,
    // As Python's argparse.
    refuse: (problem) => {
      const option = 'option' in problem ? problem.option : ''
      return {
        exit: 2,
        stderr: `usage: ${name} [options]\n${name}: error: unrecognized arguments: ${option}\n`,
      }
    },
    commands: { '': { options: { ...options, '-r --running': 'flag' }, run } },
  }),
)
