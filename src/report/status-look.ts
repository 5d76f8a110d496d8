import type { Outcome, Status } from '#model/event.ts'
import type { Style } from './style.ts'

/** What a person sees of an outcome in one word. `ignored` and `rescued` count more than the failure below them. */
export type Look = Status | 'ignored' | 'rescued'

/** Failures come last: that is where a person looks. */
export const lookOrder: readonly Look[] = [
  'ok',
  'skipped',
  'changed',
  'would_change',
  'unknown',
  'rescued',
  'ignored',
  'unreachable',
  'failed',
]

const words: Readonly<Record<Look, string>> = {
  ok: 'ok',
  skipped: 'skipped',
  changed: 'changed',
  would_change: 'would change',
  unknown: 'unknown',
  rescued: 'rescued',
  ignored: 'ignored',
  unreachable: 'unreachable',
  failed: 'failed',
}

export const lookWord = (look: Look): string => words[look]

export function lookOf(outcome: Outcome): Look {
  if (outcome.rescued === true) return 'rescued'
  if (outcome.ignored === true) return 'ignored'
  return outcome.status
}

export function paintLook(style: Style, look: Look): (text: string) => string {
  if (look === 'ok') return style.green
  if (look === 'skipped') return style.dim
  if (look === 'failed' || look === 'unreachable') return style.red
  if (look === 'unknown') return style.magenta
  return look === 'rescued' || look === 'ignored' ? style.cyan : style.yellow
}

/** Whether the host is lost for the tasks that follow. */
export const isLost = (outcome: Outcome): boolean =>
  lookOf(outcome) === 'failed' || lookOf(outcome) === 'unreachable'
