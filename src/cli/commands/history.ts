import type { HistoryRequest } from '#app/history-request.ts'
import type { Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { outputPart, present } from '#cli/request-parts.ts'
import { UsageError } from '#model/usage-error.ts'

const ask = ({ useCases, terminal, signal }: CommandContext, request: HistoryRequest): Promise<Outcome> =>
  useCases.showHistory(request, terminal, signal)

/** `tsplay history list --failed` */
export const historyList = (context: CommandContext): Promise<Outcome> => {
  const { values } = context
  const filter = present({
    host: values.text('host'),
    playbook: values.text('playbook'),
    schedule: values.text('schedule'),
    limit: values.number('last'),
    failed: values.flag('failed'),
  })
  return ask(context, { action: 'list', filter, format: values.flag('json') ? 'json' : 'text' })
}

/** `tsplay history show latest --host web1` */
export const historyShow = (context: CommandContext): Promise<Outcome> => {
  const { values, words } = context
  const run = words[0] ?? 'latest'
  const host = values.text('host')
  return ask(context, present({ action: 'show' as const, run, host, output: outputPart(values) }))
}

/** `tsplay history diff latest~1 latest` */
export const historyDiff = (context: CommandContext): Promise<Outcome> => {
  const [first, second] = context.words
  const format = context.values.flag('json') ? ('json' as const) : ('text' as const)
  // One run is compared with the one before it.
  const runs = second === undefined ? { second: first ?? 'latest' } : { first, second }
  return ask(context, present({ action: 'diff' as const, ...runs, format }))
}

/** `tsplay history prune --keep 20 --older-than 90` */
export async function historyPrune(context: CommandContext): Promise<Outcome> {
  const { values } = context
  const rule = present({ keep: values.number('keep'), olderThanDays: values.number('olderThan') })
  if (Object.keys(rule).length === 0) {
    throw new UsageError('Say what may go: --keep <number>, --older-than <days>, or both.')
  }
  return ask(context, { action: 'prune', rule, dryRun: values.flag('dryRun') })
}
