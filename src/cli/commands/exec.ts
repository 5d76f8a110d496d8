import type { AdHocRequest, ModuleCall, Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { hostSelection, refuseEmptyPattern } from '#cli/host-selection.ts'
import type { OptionValues } from '#cli/option-values.ts'
import { readPasswords } from '#cli/passwords.ts'
import { connectionPart, outputPart, present, variableSources } from '#cli/request-parts.ts'
import { UsageError } from '#model/usage-error.ts'

/** `tsplay exec web -- uptime`, `tsplay exec web -m service name=nginx state=restarted` */
export async function exec(context: CommandContext): Promise<Outcome> {
  const { values, terminal } = context
  const [pattern = '', ...words] = context.words
  refuseEmptyPattern(pattern, 'The first argument')
  const hosts = hostSelection(values)
  const output = outputPart(values)
  const listHosts = values.flag('listHosts')
  const call = moduleCall(values, words, listHosts)
  const passwords = await readPasswords(values, terminal)
  const request: AdHocRequest = present({
    pattern,
    call,
    hosts,
    variables: variableSources(values, passwords),
    connection: connectionPart(values, passwords),
    output,
    mode: values.flag('check') ? ('check' as const) : ('apply' as const),
    taskTimeoutSeconds: values.number('taskTimeout'),
    listHosts,
  })
  return await context.useCases.runAdHoc(request, terminal, context.signal)
}

function moduleCall(values: OptionValues, words: readonly string[], listHosts: boolean): ModuleCall {
  const module = values.text('module')
  const text = values.text('args')
  if (text !== undefined && words.length > 0) {
    throw new UsageError('Give the arguments either with -a or as words, not both.')
  }
  if (text !== undefined) return { kind: 'module-text', module: module ?? 'command', text }
  if (module !== undefined) return { kind: 'module', module, words }
  if (words.length === 0 && !listHosts) {
    throw new UsageError('Say what to run: `tsplay exec <pattern> -- <command>`, or name a module with -m.')
  }
  return { kind: 'command', argv: words }
}
