import { BadArgument } from './function-definition.ts'

interface Moment {
  readonly year: number
  /** 0 to 11. */
  readonly month: number
  readonly day: number
  /** 0 is Sunday. */
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly dayOfYear: number
  readonly epoch: number
  readonly milliseconds: number
  /** Minutes east of Greenwich. */
  readonly offset: number
  readonly zone: string
}

/** A time in the format of strftime(3), C locale. Throws BadArgument for a letter it does not know. */
export function strftime(format: string, time: Date, utc: boolean): string {
  const moment = momentOf(time, utc)
  return format.replace(/%([-_]?)([\s\S]|$)/g, (written, padding: string, letter: string) => {
    const write = letters[letter]
    if (!write) throw new BadArgument(`"${written}" is no time format.`)
    const text = write(moment)
    if (padding === '-') return text.replace(/^0+(?=\d)/, '')
    return padding === '_' ? text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length)) : text
  })
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const two = (number: number): string => String(number).padStart(2, '0')
const twelve = (hour: number): number => hour % 12 || 12
const date = (m: Moment): string => `${m.year}-${two(m.month + 1)}-${two(m.day)}`
const clock = (m: Moment): string => `${two(m.hour)}:${two(m.minute)}:${two(m.second)}`

const letters: Readonly<Record<string, (moment: Moment) => string>> = {
  Y: (m) => String(m.year),
  y: (m) => two(m.year % 100),
  C: (m) => two(Math.floor(m.year / 100)),
  m: (m) => two(m.month + 1),
  d: (m) => two(m.day),
  e: (m) => String(m.day).padStart(2, ' '),
  H: (m) => two(m.hour),
  k: (m) => String(m.hour).padStart(2, ' '),
  I: (m) => two(twelve(m.hour)),
  M: (m) => two(m.minute),
  S: (m) => two(m.second),
  f: (m) => String(m.milliseconds * 1000).padStart(6, '0'),
  p: (m) => (m.hour < 12 ? 'AM' : 'PM'),
  j: (m) => String(m.dayOfYear).padStart(3, '0'),
  a: (m) => (days[m.weekday] ?? '').slice(0, 3),
  A: (m) => days[m.weekday] ?? '',
  b: (m) => (months[m.month] ?? '').slice(0, 3),
  h: (m) => (months[m.month] ?? '').slice(0, 3),
  B: (m) => months[m.month] ?? '',
  u: (m) => String(m.weekday || 7),
  w: (m) => String(m.weekday),
  U: (m) => two(Math.floor((m.dayOfYear + 6 - m.weekday) / 7)),
  W: (m) => two(Math.floor((m.dayOfYear + 6 - ((m.weekday + 6) % 7)) / 7)),
  V: (m) => two(isoWeek(m).week),
  G: (m) => String(isoWeek(m).year),
  s: (m) => String(m.epoch),
  z: (m) =>
    `${m.offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(m.offset) / 60))}${two(Math.abs(m.offset) % 60)}`,
  Z: (m) => m.zone,
  F: date,
  T: clock,
  X: clock,
  R: (m) => `${two(m.hour)}:${two(m.minute)}`,
  D: (m) => `${two(m.month + 1)}/${two(m.day)}/${two(m.year % 100)}`,
  x: (m) => `${two(m.month + 1)}/${two(m.day)}/${two(m.year % 100)}`,
  c: (m) =>
    `${(days[m.weekday] ?? '').slice(0, 3)} ${(months[m.month] ?? '').slice(0, 3)} ${String(m.day).padStart(2, ' ')} ${clock(m)} ${m.year}`,
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
}

function momentOf(time: Date, utc: boolean): Moment {
  if (Number.isNaN(time.getTime())) throw new BadArgument('The time is out of range.')
  const offset = utc ? 0 : -time.getTimezoneOffset()
  // Shifted by the offset, the UTC getters give local time: one code path for both.
  const local = new Date(time.getTime() + offset * 60_000)
  const startOfYear = Date.UTC(local.getUTCFullYear(), 0, 1)
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    dayOfYear: Math.floor((local.getTime() - startOfYear) / 86_400_000) + 1,
    epoch: Math.floor(time.getTime() / 1000),
    milliseconds: local.getUTCMilliseconds(),
    offset,
    zone: utc ? 'UTC' : zoneOf(time),
  }
}

function zoneOf(time: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(time)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
}

/** ISO 8601: the week that holds the year's first Thursday is week 1. */
function isoWeek({ year, dayOfYear, weekday }: Moment): { year: number; week: number } {
  const week = Math.floor((dayOfYear - (weekday || 7) + 10) / 7)
  if (week < 1) return { year: year - 1, week: weeksIn(year - 1) }
  return week > weeksIn(year) ? { year: year + 1, week: 1 } : { year, week }
}

function weeksIn(year: number): number {
  const start = new Date(Date.UTC(year, 0, 1)).getUTCDay()
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return start === 4 || (start === 3 && isLeap) ? 53 : 52
}
