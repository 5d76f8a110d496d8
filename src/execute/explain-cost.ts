import type { CostWatch } from '#model/cost.ts'
import type { Task } from '#model/program.ts'
import { Forecast, type SeenCall } from './forecast.ts'
import type { Place } from './play-state.ts'
import type { ModuleCall } from './run-module.ts'
import type { TaskEndResult } from './run-task.ts'
import type { Announcement } from './task-events.ts'

const forecasts = new WeakMap<object, Forecast>()

export interface Explaining {
  readonly task: Task
  readonly host: string
  readonly place: Place
  readonly identity: Announcement
}

/** Watches one task on one host in check mode; `end` tells what a run of it would cost. */
export interface CostOfTask {
  readonly onProbed: NonNullable<ModuleCall['onProbed']>
  end(result: TaskEndResult): Promise<void>
}

/** What check mode itself sends to ask is what a run sends as well; what a run sends to change is foreseen. */
export function explainCost(watch: CostWatch, { task, host, place, identity }: Explaining): CostOfTask {
  const state = place.state.run.host(host)
  const before = watch.spent(host)
  const calls: SeenCall[] = []
  return {
    onProbed(call, reads) {
      const seen: SeenCall = { call, reads: [...reads] }
      calls.push(seen)
      return (planned) => {
        seen.planned = planned
      }
    },
    async end({ outcome }) {
      const asked = watch.spent(host)
      const forecast = forecasts.get(state) ?? new Forecast()
      forecasts.set(state, forecast)
      const isOpen = outcome.status === 'unknown'
      const hasAsked = asked.flights > before.flights
      const expected = await forecast.expect({ task, host, place, calls, isOpen, hasAsked })
      watch.tell({
        host,
        task: identity.task,
        source: identity.source,
        module: task.module,
        changes: expected.changes,
        flights: asked.flights - before.flights + expected.flights,
        bytes: asked.bytes - before.bytes + expected.bytes,
        processes: asked.processes - before.processes + expected.processes,
        travelsAlong: expected.travelsAlong,
      })
    },
  }
}
