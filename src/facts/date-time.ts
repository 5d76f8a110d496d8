import { defineFact } from '#sdk/fact.ts'

/** The host's clock at the moment of asking, in its own time zone; texts as Ansible's `date_time` has them. */
export interface DateTime {
  readonly date: string
  readonly time: string
  readonly year: string
  readonly month: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
  readonly weekday: string
  /** 0 is Sunday. */
  readonly weekday_number: number
  readonly weeknumber: string
  readonly tz: string
  readonly tz_offset: string
  readonly epoch: number
  /** UTC: `2026-11-24T17:05:09Z`. */
  readonly iso8601: string
}

export default defineFact<DateTime>({
  name: 'date_time',
  summary: "The host's clock and time zone.",
  script: "LC_ALL=C date '+%Y|%m|%d|%H|%M|%S|%A|%w|%V|%Z|%z|%s'",
  reads: [{ kind: 'time' }],
  parse({ stdout }) {
    const fields = stdout.trim().split('|')
    const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = fields
    const [weekday = '', weekdayNumber = '', weeknumber = '', tz = '', offset = '', epoch = ''] =
      fields.slice(6)
    return {
      date: `${year}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
      ...{ year, month, day, hour, minute, second, weekday, weeknumber, tz },
      weekday_number: Number(weekdayNumber),
      tz_offset: offset,
      epoch: Number(epoch),
      iso8601: `${new Date(Number(epoch) * 1000).toISOString().slice(0, 19)}Z`,
    }
  },
})
