import type { Terminal } from '#base/terminal.ts'
import { fillDisk, freeDisk } from '#lab/fill-disk.ts'
import { askKeeper } from '#lab/keeper-control.ts'
import type { LabPlan } from '#lab/lab-plan.ts'
import { restartHosts } from '#lab/restart-hosts.ts'
import { labHostNames, refuseHosts } from './lab-hosts.ts'
import { bytes } from './lab-size.ts'
import { seconds } from './lab-time.ts'
import type { LabRequest, Outcome } from './requests.ts'

type PowerRequest = Extract<LabRequest, { action: 'reset' | 'reboot' | 'kill' | 'freeze' | 'thaw' }>
type FillRequest = Extract<LabRequest, { action: 'fill' }>
type ClockRequest = Extract<LabRequest, { action: 'clock' }>

const done: Outcome = { exitReason: 'done' }

const afterwards = {
  reset: 'as on the first day',
  reboot: 'up again',
  kill: 'off; tsplay lab reboot starts it again',
  freeze: 'frozen until tsplay lab thaw',
  thaw: 'goes on',
} as const

/** `tsplay lab reset | reboot | kill | freeze | thaw`, for hosts; only `reset` is for all when none is named. */
export async function changePower(
  plan: LabPlan,
  { action, hosts: named }: PowerRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const wrong = await refuseHosts(plan, named, terminal)
  if (wrong) return wrong
  const hosts = named.length > 0 ? named : await labHostNames(plan)
  if (action === 'reset' || action === 'reboot') await restartHosts(plan, hosts, { action }, signal)
  else await Promise.all(hosts.map((host) => askKeeper(plan, { action, host })))
  terminal.notice(`${hosts.join(', ')}: ${afterwards[action]}.`)
  return done
}

/** `tsplay lab fill`: lets a host's disk be full, or no longer. */
export async function changeDisk(
  plan: LabPlan,
  { host, folders, leave, clear }: FillRequest,
  terminal: Terminal,
): Promise<Outcome> {
  const leaveBytes = leave === undefined ? 0 : bytes(leave)
  const relative = folders.find((folder) => !folder.startsWith('/'))
  if (Number.isNaN(leaveBytes)) return usage(`"${leave}" is no size; it has to be like 100K or 1M.`, terminal)
  if (relative !== undefined) return usage(`"${relative}" is no absolute path of a folder.`, terminal)
  if (clear) await freeDisk(plan, host)
  else await fillDisk(plan, host, { folders, leaveBytes })
  const what = folders.length > 0 ? folders.join(', ') : 'its disk'
  terminal.notice(`${host}: ${clear ? 'its disk has room again' : `${what} is full; --clear makes room`}.`)
  return done
}

/** `tsplay lab clock`: boots a host whose clocks that count from its start are ahead. */
export async function stepClock(
  plan: LabPlan,
  { host, ahead }: ClockRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const upSeconds = seconds(ahead)
  if (Number.isNaN(upSeconds))
    return usage(`"${ahead}" is no time; it has to be like 90s, 10m, 5h or 3d.`, terminal)
  await restartHosts(plan, [host], { action: 'reboot', upSeconds }, signal)
  terminal.notice(
    `${host}: up again, and says it has been for ${ahead}. Its wall clock is this machine's: Linux has one for all.`,
  )
  return done
}

function usage(message: string, terminal: Terminal): Outcome {
  terminal.notice(`error: ${message}`)
  return { exitReason: 'usage' }
}
