import type { Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'

/** `tsplay schema playbook > playbook.schema.json`; commander has checked the word. */
export async function schema(context: CommandContext): Promise<Outcome> {
  const of = context.words[0] === 'inventory' ? 'inventory' : 'playbook'
  return await context.useCases.editorSchema({ of }, context.terminal, context.signal)
}
