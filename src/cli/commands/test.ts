import type { Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { readPasswords } from '#cli/passwords.ts'
import { outputPart, present, variableSources } from '#cli/request-parts.ts'
import { UsageError } from '#model/usage-error.ts'

/** `tsplay test`, `tsplay test web --keep` */
export async function test({ values, words, terminal, signal, useCases }: CommandContext): Promise<Outcome> {
  const output = outputPart(values)
  const jobs = values.number('jobs')
  if (jobs === 0) throw new UsageError('--jobs has to be at least 1.')
  const variables = variableSources(values, await readPasswords(values, terminal))
  const request = present({
    roles: words,
    scenarios: values.list('scenario'),
    suites: values.list('suite'),
    keep: values.flag('keep'),
    list: values.flag('list'),
    jobs,
    variables,
    output,
  })
  return await useCases.testRoles(request, terminal, signal)
}
