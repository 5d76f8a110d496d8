/** What clocks on the wall show. `weekday` counts from 0, Sunday. */
export interface WallClock {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly weekday: number
}

export type WallMinute = Pick<WallClock, 'year' | 'month' | 'day' | 'hour' | 'minute'>

const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether this is a zone of the IANA time zone database that this system knows. */
export function isZone(name: string): boolean {
  try {
    // Offsets such as "+02:00" are taken too, and are no zones: they know no change of clocks.
    return /^[A-Za-z]/.test(name) && format(name) !== undefined
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** What clocks of a zone show at an instant (milliseconds since 1970). */
export function wallClock(instant: number, zone: string): WallClock {
  const local = new Date(Math.floor(instant / 1000) * 1000 + offsetAt(instant, zone))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    weekday: local.getUTCDay(),
  }
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(instant: number, zone: string): number {
  const whole = Math.floor(instant / 1000) * 1000
  const part: Record<string, number> = {}
  for (const { type, value } of format(zone).formatToParts(whole)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole
}

/**
 * The instants at which clocks of a zone show a minute: none when it was left out by setting the clocks forward, two
 * when it came twice by setting them back; earliest first.
 */
export function instantsOf(wall: WallMinute, zone: string): readonly number[] {
  const utc = asUtc(wall)
  const found = offsetsAround(utc, zone).map((offset) => utc - offset)
  return [...new Set(found)].filter((at) => at + offsetAt(at, zone) === utc).sort((a, b) => a - b)
}

/** The first instant after a minute that clocks of a zone left out. */
export function afterGap(wall: WallMinute, zone: string): number {
  const utc = asUtc(wall)
  const [before = 0, after = 0] = offsetsAround(utc, zone)
  let [early, late] = [utc - after, utc - before]
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2)
    if (offsetAt(middle, zone) === after) late = middle
    else early = middle
  }
  return late
}

/** The offsets a day before and a day after; they differ only near a change. */
function offsetsAround(utc: number, zone: string): readonly [number, number] {
  return [offsetAt(utc - dayMs, zone), offsetAt(utc + dayMs, zone)]
}

const asUtc = ({ year, month, day, hour, minute }: WallMinute): number =>
  Date.UTC(year, month - 1, day, hour, minute)

function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}
