import type { HostSelection } from '#app/requests.ts'
import { UsageError } from '#model/usage-error.ts'
import type { OptionValues } from './option-values.ts'

export function hostSelection(values: OptionValues): HostSelection {
  const limit = values.text('limit')
  if (limit !== undefined) refuseEmptyPattern(limit, '--limit')
  return {
    inventories: values.list('inventory'),
    ...(limit === undefined ? {} : { limit }),
    unknownHosts: values.choice('unknownHosts', ['error', 'warn']) ?? 'error',
  }
}

/** An empty pattern is more often an unset shell variable than a wish for no host or, worse, all of them. */
export function refuseEmptyPattern(pattern: string, where: string): void {
  if (/^[\s,:]*$/.test(pattern))
    throw new UsageError(`${where} is an empty pattern. For all hosts, write "all".`)
}
