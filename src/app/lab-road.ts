import type { Terminal } from '#base/terminal.ts'
import { askKeeper } from '#lab/keeper-control.ts'
import type { LabPlan } from '#lab/lab-plan.ts'
import type { RoadChange } from '#lab/road.ts'
import { bytes } from './lab-size.ts'
import { milliseconds } from './lab-time.ts'
import type { LabRequest, Outcome } from './requests.ts'

type RoadRequest = Extract<LabRequest, { action: 'road' }>

/** `tsplay lab road`: makes the road to a host slow, narrow or silent, while connections are open. */
export async function changeRoad(plan: LabPlan, request: RoadRequest, terminal: Terminal): Promise<Outcome> {
  const road = roadChange(request)
  if (typeof road === 'string') {
    terminal.notice(`error: ${road}`)
    return { exitReason: 'usage' }
  }
  await askKeeper(plan, { action: 'road', host: request.host, road })
  return { exitReason: 'done' }
}

/** What is asked for, or what is wrong with it. */
function roadChange({ delay, rate, reorder, cut, drop, clear }: RoadRequest): RoadChange | string {
  const road = {
    ...(delay !== undefined && { delayMs: milliseconds(delay) }),
    ...(reorder !== undefined && { reorderMs: milliseconds(reorder) }),
    ...(rate !== undefined && { bytesPerSecond: bytes(rate) }),
    ...(cut && { isCut: true }),
    ...(drop && { drop }),
    ...(clear && { clear }),
  }
  const times = [
    [delay, road.delayMs],
    [reorder, road.reorderMs],
  ] as const
  const wrong = times.find(([, value]) => Number.isNaN(value))
  if (wrong) return `"${wrong[0]}" is no time; it has to be like 500ms, 2s or 1m.`
  if (Number.isNaN(road.bytesPerSecond))
    return `"${rate}" is no rate; it has to be like 100K or 1M, in bytes a second.`
  if (Object.keys(road).length > 0) return road
  return 'Say what shall become of the road: --delay, --rate, --reorder, --cut, --drop or --clear.'
}
