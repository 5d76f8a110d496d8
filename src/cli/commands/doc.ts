import type { DocRequest, Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { UsageError } from '#model/usage-error.ts'

/** `tsplay doc`, `tsplay doc apt`, `tsplay doc --functions` */
export async function doc(context: CommandContext): Promise<Outcome> {
  const { values, words, terminal, signal } = context
  const format = values.flag('json') ? 'json' : 'text'
  return await context.useCases.describeModules(
    { show: subject(words[0], values.flag('functions')), format },
    terminal,
    signal,
  )
}

function subject(name: string | undefined, functions: boolean): DocRequest['show'] {
  if (functions && name !== undefined) throw new UsageError('--functions takes no module name.')
  if (functions) return { kind: 'functions' }
  return name === undefined ? { kind: 'modules' } : { kind: 'module', name }
}
