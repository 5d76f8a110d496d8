import type { Terminal } from '#base/terminal.ts'
import { controlProgram } from '#doubles/control-program.ts'
import { programsOf } from '#doubles/programs.ts'
import type { LabPlan } from '#lab/lab-plan.ts'
import { openShell } from '#lab/open-shell.ts'
import { milliseconds } from './lab-time.ts'
import type { LabRequest, Outcome } from './requests.ts'

export type DoublesRequest = Extract<LabRequest, { action: 'fault' | 'calls' }>

/** `tsplay lab fault` and `tsplay lab calls`: what a host's doubles shall do wrong, and what they were asked. */
export async function controlDoubles(
  plan: LabPlan,
  request: DoublesRequest,
  terminal: Terminal,
): Promise<Outcome> {
  const command = request.action === 'calls' ? ['calls'] : faultCommand(request, terminal)
  if (!command) return { exitReason: 'usage' }
  const code = await openShell(plan, request.host, [asRoot([controlProgram, ...command])])
  if (code === 0) return { exitReason: 'done' }
  return { exitReason: code === 255 ? 'unreachable' : 'failed' }
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
