import type { Maintenance } from '#model/schedule.ts'
import { timingOf } from './decide-slots.ts'
import { occurrences } from './occurrences.ts'

/** The maintenance that goes on at an instant; undefined when there is none. */
export function maintenanceAt(windows: readonly Maintenance[], now: number): Maintenance | undefined {
  return windows.find(
    (one) => occurrences(timingOf({ ...one, gap: 'run-after' }), now - one.duration, now).length > 0,
  )
}
