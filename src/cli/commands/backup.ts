import type { CommandAction } from '#cli/context.ts'
import { UsageError } from '#model/usage-error.ts'

/** `tsplay backup simulate --keep last=1,weekly=4` */
export const backupSimulate: CommandAction = async ({ values, terminal, signal, useCases }) => {
  const request = {
    keep: values.text('keep') ?? '',
    cron: values.text('cron') ?? '',
    zone: values.text('zone') ?? '',
    months: values.number('months') ?? 12,
    minCopies: values.number('minCopies') ?? 1,
    from: startOf(values.text('from')),
    format: values.flag('json') ? ('json' as const) : ('text' as const),
  }
  return useCases.simulateBackups(request, terminal, signal)
}

function startOf(text: string | undefined): number {
  if (text === undefined) return Date.now()
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new UsageError(`--from cannot be "${text}". It is a date, as 2026-01-31.`)
  return at
}
