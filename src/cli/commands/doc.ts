import type { DocRequest, Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { UsageError } from '#model/usage-error.ts'

/** `tsplay doc`, `tsplay doc apt`, `tsplay doc --functions`, `tsplay doc --role web` */
export async function doc(context: CommandContext): Promise<Outcome> {
  const { values, terminal, signal } = context
  const format = values.flag('json') ? 'json' : 'text'
  return await context.useCases.describeModules({ show: subject(context), format }, terminal, signal)
}

function subject({ values, words: [name] }: CommandContext): DocRequest['show'] {
  const asked = [name, values.text('role')].filter((one) => one !== undefined).length
  const flags = ['functions', 'roles'].filter((flag) => values.flag(flag)).length
  if (asked + flags > 1) throw new UsageError('Name one thing: a module, --role, --roles or --functions.')
  if (values.flag('functions')) return { kind: 'functions' }
  if (values.flag('roles')) return { kind: 'roles' }
  const role = values.text('role')
  if (role !== undefined) return { kind: 'role', name: role }
  return name === undefined ? { kind: 'modules' } : { kind: 'module', name }
}
