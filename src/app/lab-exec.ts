import type { Terminal } from '#base/terminal.ts'
import type { LabPlan } from '#lab/lab-plan.ts'
import { type HostOutput, runOnHost } from '#lab/run-on-host.ts'
import { labHostNames, refuseHosts } from './lab-hosts.ts'
import type { Outcome } from './requests.ts'

/**
 * Runs a command on lab hosts at once: on those that the first words name, else on all of them. What one host says
 * stays together; a line says which it was when there are several.
 */
export async function execOnLab(
  plan: LabPlan,
  words: readonly string[],
  terminal: Terminal,
): Promise<Outcome> {
  const wrong = await refuseHosts(plan, [], terminal)
  if (wrong) return wrong
  const known = await labHostNames(plan)
  const end = words.findIndex((word) => !known.includes(word))
  const [named, command] = end < 0 ? [words, []] : [words.slice(0, end), words.slice(end)]
  if (command.length === 0) {
    terminal.notice('error: Say what to run: tsplay lab exec web1 -- uptime')
    return { exitReason: 'usage' }
  }
  const hosts = named.length > 0 ? named : known
  const ended = await Promise.all(hosts.map((host) => runOnHost(plan, host, command)))
  for (const one of ended) show(one, hosts.length > 1, terminal)
  return { exitReason: ended.every(({ code }) => code === 0) ? 'done' : 'failed' }
}

function show({ host, output, code }: HostOutput, isOneOfMany: boolean, terminal: Terminal): void {
  const text = isOneOfMany ? output.replace(/^(?=.)/gms, `${host}: `) : output
  terminal.stdout.write(text)
  if (code !== 0) terminal.notice(`${host}: The command ended with exit code ${code}.`)
}
