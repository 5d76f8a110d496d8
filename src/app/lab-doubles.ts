import type { Terminal } from '#base/terminal.ts'
import { controlProgram } from '#doubles/control-program.ts'
import { programsOf } from '#doubles/programs.ts'
import type { LabPlan } from '#lab/lab-plan.ts'
import { readState } from '#lab/lab-state.ts'
import { openShell } from '#lab/open-shell.ts'
import { refuseHosts } from './lab-hosts.ts'
import { milliseconds } from './lab-time.ts'
import type { LabRequest, Outcome } from './requests.ts'

export type DoublesRequest = Extract<LabRequest, { action: 'fault' | 'calls' }>

/** `tsplay lab fault` and `tsplay lab calls`: what a host's doubles shall do wrong, and what they were asked. */
export async function controlDoubles(
  plan: LabPlan,
  request: DoublesRequest,
  terminal: Terminal,
): Promise<Outcome> {
  const wrong = await refuseHosts(plan, [request.host], terminal)
  if (wrong) return wrong
  const command = request.action === 'calls' ? ['calls'] : faultCommand(request, terminal)
  const program = request.action === 'fault' ? request.program : undefined
  if (!command || !(await hasDouble(plan, { host: request.host, program }, terminal)))
    return { exitReason: 'usage' }
  const code = await openShell(plan, request.host, [asRoot([controlProgram, ...command])])
  if (code === 0) return { exitReason: 'done' }
  return { exitReason: code === 255 ? 'unreachable' : 'failed' }
}

/** Whether a host has a double of a program, or of any; says what it has otherwise. */
async function hasDouble(
  plan: LabPlan,
  { host, program }: { readonly host: string; readonly program: string | undefined },
  terminal: Terminal,
): Promise<boolean> {
  const known = (await readState(plan.state))?.plan.hosts.find(({ name }) => name === host)
  const programs = known?.doubles.flatMap((name) => programsOf(name) ?? []) ?? []
  if (program === undefined ? programs.length > 0 : programs.includes(program)) return true
  const what = program === undefined ? 'no doubles' : `no double of ${program}`
  const has = programs.length > 0 ? ` It has ${programs.join(', ')}.` : ''
  terminal.notice(
    `error: ${host} has ${what}.${has} Name what it shall have under \`doubles\` in the lab's file.`,
  )
  return false
}

function faultCommand(
  { program, words, clear, fault }: Extract<LabRequest, { action: 'fault' }>,
  terminal: Terminal,
): string[] | undefined {
  if (program === undefined) return ['faults']
  if (programsOf(program)?.[0] !== program) {
    terminal.notice(`error: There is no double of a program "${program}".`)
    return undefined
  }
  if (clear) return ['clear', program, ...words]
  const { delay, ...rest } = fault
  const delayMs = delay === undefined ? undefined : milliseconds(delay)
  const isEmpty = Object.values(fault).every((value) => value === undefined || value === false)
  if (isEmpty || Number.isNaN(delayMs)) {
    const why = isEmpty
      ? 'Say what shall go wrong: --exit, --output, --stderr, --delay or --hang'
      : `"${delay}" is no time; it has to be like 500ms, 2s or 1m`
    terminal.notice(`error: ${why}.`)
    return undefined
  }
  const given = {
    program,
    ...(words.length > 0 && { words }),
    ...rest,
    ...(delayMs !== undefined && { delayMs }),
  }
  return ['fault', JSON.stringify(given)]
}

/** Root's program by any user's shell; where hosts share this machine's files, its user is root enough. */
function asRoot(argv: readonly string[]): string {
  const words = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return `if [ -n "\${LAB_ROOT:-}" ]; then ${words}; else sudo -n ${words}; fi`
}
