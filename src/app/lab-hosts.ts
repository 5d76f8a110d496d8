import type { Terminal } from '#base/terminal.ts'
import type { LabPlan } from '#lab/lab-plan.ts'
import { readState } from '#lab/lab-state.ts'
import type { Outcome } from './requests.ts'

/** The hosts of a lab that is up, or was; none when there is no such lab. */
export async function labHostNames(plan: LabPlan): Promise<string[]> {
  return (await readState(plan.state))?.plan.hosts.map(({ name }) => name) ?? []
}

/** Tells the terminal of names that are no hosts of the lab, or that there is no lab; undefined when all is well. */
export async function refuseHosts(
  plan: LabPlan,
  named: readonly string[],
  terminal: Terminal,
): Promise<Outcome | undefined> {
  const hosts = await labHostNames(plan)
  const wrong = named.find((name) => !hosts.includes(name))
  if (hosts.length > 0 && wrong === undefined) return undefined
  const have = hosts.length > 0 ? `It has ${hosts.join(', ')}.` : 'It is not up.'
  const lab = `The lab "${plan.spec.name}"`
  terminal.notice(wrong === undefined ? `${lab} is not up.` : `${lab} has no host "${wrong}". ${have}`)
  return { exitReason: 'usage' }
}
