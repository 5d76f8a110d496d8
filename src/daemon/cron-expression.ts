/** The times of a schedule, each field as the values it allows. */
export interface CronTimes {
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  /** Every hour, written as `*`: then it is a rhythm, not a time of day. */
  readonly everyHour: boolean
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>
}

/** What is wrong with an expression, and where in its text. */
export interface CronProblem {
  readonly problem: string
  readonly remedy: string
  readonly at: number
  readonly length: number
}

interface Field {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly names: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const fields = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of the month', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day of the week', from: 0, to: 7, names: weekdays },
] as const satisfies readonly Field[]

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

const example = 'Five fields: minute, hour, day, month, weekday, as in "0 2 * * sun".'

/**
 * Reads a cron expression of five fields (crontab(5): lists, ranges, steps, names) or a nickname. A day of the month
 * and a day of the week together are refused: programs disagree whether both or one of them has to fit.
 */
export function parseCron(text: string): CronTimes | CronProblem {
  const written = nicknames[text.trim().toLowerCase()] ?? text
  const words = [...written.matchAll(/\S+/g)]
  if (words.length !== fields.length) {
    const known = text.trim().startsWith('@')
      ? `Nicknames are ${Object.keys(nicknames).join(', ')}.`
      : example
    return whole(text, `It has ${words.length} field${words.length === 1 ? '' : 's'}.`, known)
  }
  const read = fields.map((field, i) => readField(words[i]?.[0] ?? '', field))
  const wrong = read.findIndex((one) => typeof one === 'string')
  if (wrong >= 0) {
    const word = words[wrong]
    const problem = `The ${fields[wrong]?.name} "${word?.[0]}" is wrong: ${read[wrong]}.`
    return { problem, remedy: example, at: word?.index ?? 0, length: word?.[0].length ?? 1 }
  }
  const [minutes = none, hours = none, days = none, monthSet = none, weekdaySet = none] = read.map((one) =>
    typeof one === 'string' ? none : one,
  )
  const [dayText, monthText, weekdayText] = words.slice(2).map(([word]) => word)
  if (dayText !== '*' && weekdayText !== '*') {
    const remedy = 'Leave one of them as *, or write two schedules.'
    return whole(text, 'It sets both the day of the month and the day of the week.', remedy)
  }
  if (!possible(days, monthSet)) {
    return whole(text, `There is no day ${dayText} in month ${monthText}.`, 'It would never run.')
  }
  const sundays = new Set([...weekdaySet].map((day) => day % 7))
  return { minutes, hours, everyHour: words[1]?.[0] === '*', days, months: monthSet, weekdays: sundays }
}

const none: ReadonlySet<number> = new Set()

function whole(text: string, problem: string, remedy: string): CronProblem {
  return { problem, remedy, at: 0, length: Math.max(1, text.length) }
}

/** The values of a field; a text says what is wrong with it. */
function readField(word: string, field: Field): ReadonlySet<number> | string {
  const values = new Set<number>()
  for (const part of word.split(',')) {
    const range = readPart(part, field)
    if (typeof range === 'string') return range
    for (let value = range.from; value <= range.to; value += range.step) values.add(value)
  }
  return values
}

function readPart(
  part: string,
  field: Field,
): { readonly from: number; readonly to: number; readonly step: number } | string {
  const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d{1,3}))?$/i.exec(part)
  if (!match) return `"${part}" is no number, range or step`
  const [, first = '', last, stepText] = match
  const step = stepText === undefined ? 1 : Number(stepText)
  if (step === 0) return 'a step of 0 leads nowhere'
  if (first === '*') {
    return last === undefined ? { from: field.from, to: field.to, step } : '* is the whole range already'
  }
  if (last === undefined && stepText !== undefined)
    return `a step needs a range, as in "${first}-${field.to}/${step}"`
  const from = numberOf(first, field)
  const to = last === undefined ? from : numberOf(last, field)
  if (from === undefined || to === undefined) return `it goes from ${field.from} to ${field.to}`
  return from <= to ? { from, to, step } : `the range ends before it begins`
}

function numberOf(word: string, { from, to, names }: Field): number | undefined {
  const named = names.indexOf(word.toLowerCase())
  const value = named >= 0 ? named + (from === 1 ? 1 : 0) : /^\d{1,2}$/.test(word) ? Number(word) : -1
  return value >= from && value <= to ? value : undefined
}

const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const possible = (days: ReadonlySet<number>, monthSet: ReadonlySet<number>): boolean =>
  [...monthSet].some((month) => [...days].some((day) => day <= (longest[month - 1] ?? 0)))
