import type { Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { hostSelection } from '#cli/host-selection.ts'
import { readPasswords } from '#cli/passwords.ts'
import { outputPart, variableSources } from '#cli/request-parts.ts'

/** `tsplay validate site.yml` */
export async function validate(context: CommandContext): Promise<Outcome> {
  const { values, terminal, words } = context
  const hosts = hostSelection(values)
  const output = outputPart(values)
  const variables = variableSources(values, await readPasswords(values, terminal))
  const request = { playbooks: words, hosts, variables, output }
  return await context.useCases.validateProject(request, terminal, context.signal)
}
