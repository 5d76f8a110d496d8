import type { Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'

/** `tsplay schema playbook > playbook.schema.json`; commander has checked the word. */
export async function schema(context: CommandContext): Promise<Outcome> {
  const [word] = context.words
  const of = word === 'inventory' || word === 'schedules' ? word : 'playbook'
  return await context.useCases.editorSchema({ of }, context.terminal, context.signal)
}
