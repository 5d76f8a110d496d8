import type { Outcome, RunRequest } from '#app/requests.ts'
import type { Terminal } from '#base/terminal.ts'
import type { CommandContext } from '#cli/context.ts'
import { hostSelection } from '#cli/host-selection.ts'
import type { OptionValues } from '#cli/option-values.ts'
import { readPasswords } from '#cli/passwords.ts'
import { connectionPart, outputPart, present, variableSources } from '#cli/request-parts.ts'
import { UsageError } from '#model/usage-error.ts'

/** `tsplay run site.yml` */
export async function run(context: CommandContext): Promise<Outcome> {
  const request = await runRequest(context, 'run')
  return await context.useCases.runPlaybook(request, context.terminal, context.signal)
}

/** `tsplay plan site.yml`: a run in check mode that shows its diffs. */
export async function plan(context: CommandContext): Promise<Outcome> {
  const request = await runRequest(context, 'plan')
  const planned: RunRequest = { ...request, mode: 'check', output: { ...request.output, diff: true } }
  return await context.useCases.runPlaybook(planned, context.terminal, context.signal)
}

async function runRequest(context: CommandContext, command: RunRequest['command']): Promise<RunRequest> {
  const { values, terminal, words } = context
  // What is wrong with the command line shows before a password is asked for.
  const hosts = hostSelection(values)
  const output = outputPart(values)
  refuseStepWithoutPerson(values, terminal)
  const passwords = await readPasswords(values, terminal)
  return present({
    command,
    playbooks: words,
    hosts,
    variables: variableSources(values, passwords),
    connection: connectionPart(values, passwords),
    output,
    mode: values.flag('check') ? ('check' as const) : ('apply' as const),
    tags: values.list('tags'),
    skipTags: values.list('skipTags'),
    startAtTask: values.text('startAtTask'),
    step: values.flag('step'),
    forceHandlers: values.flag('forceHandlers'),
    pending: values.choice('pending', ['run', 'drop', 'ask']) ?? 'ask',
    instead: instead(values),
    pendingExitCode: values.flag('exitCode'),
    explainsCost: values.flag('explainCost'),
    profileFile: values.text('profile'),
  })
}

function refuseStepWithoutPerson(values: OptionValues, terminal: Terminal): void {
  if (values.flag('step') && !terminal.canAsk)
    throw new UsageError('--step asks before each task and needs a terminal.')
}

function instead(values: OptionValues): RunRequest['instead'] {
  const lists = {
    syntaxCheck: values.flag('syntaxCheck'),
    listHosts: values.flag('listHosts'),
    listTasks: values.flag('listTasks'),
    listTags: values.flag('listTags'),
  }
  return Object.values(lists).includes(true) ? lists : undefined
}
