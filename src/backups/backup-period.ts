import { wallClock } from '#base/zoned-time.ts'
import type { KeepOption } from './keep-rule.ts'

const dayMs = 86_400_000

/**
 * Names the hour, day, … that an instant (milliseconds since 1970) falls into by the clocks of a zone. Weeks are those
 * of ISO 8601. The hour that comes twice when clocks are set back is one hour, as it is for Proxmox.
 */
export function backupPeriod(option: KeepOption, at: number, zone: string): string {
  if (option === 'last') return String(at)
  const { year, month, day, hour } = wallClock(at, zone)
  switch (option) {
    case 'hourly':
      return `${year}-${month}-${day} ${hour}`
    case 'daily':
      return `${year}-${month}-${day}`
    case 'weekly':
      return isoWeek(Date.UTC(year, month - 1, day))
    case 'monthly':
      return `${year}-${month}`
    case 'yearly':
      return String(year)
  }
}

/** A week belongs to the year of its Thursday. */
function isoWeek(day: number): string {
  const weekday = new Date(day).getUTCDay() || 7
  const thursday = new Date(day + (4 - weekday) * dayMs)
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  return `${thursday.getUTCFullYear()}-W${1 + Math.floor((thursday.getTime() - first) / (7 * dayMs))}`
}
