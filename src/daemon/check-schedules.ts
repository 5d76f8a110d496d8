import { rangeAt } from '#app/read-checked-file.ts'
import { nearest } from '#base/did-you-mean.ts'
import { durationMs } from '#base/duration.ts'
import { isZone, offsetAt } from '#base/zoned-time.ts'
import type { Diagnostic, DiagnosticCode } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import type { AlertKind, AlertRoute, Maintenance, Schedule, ScheduleFile } from '#model/schedule.ts'
import type { SourceRange } from '#model/source.ts'
import { type CronTimes, parseCron } from './cron-expression.ts'
import { ownerDiagnostic } from './owner-diagnostic.ts'
import { secondNames } from './second-owners.ts'

type Path = readonly (string | number)[]

export interface CheckedSchedules {
  readonly file: ScheduleFile
  /** Any error among them means that the file must not be used. */
  readonly diagnostics: readonly Diagnostic[]
}

/** What the checks ask of the world. */
export interface ScheduleWorld {
  readonly isFile: (path: string) => boolean
  /** Milliseconds since 1970; decides only which zones have changes of clocks. */
  readonly now: number
}

/** Turns the data of a `schedules.yml` whose form is right into schedules, and finds what cannot be carried out. */
export function checkSchedules(root: Node, data: unknown, world: ScheduleWorld): CheckedSchedules {
  const check = new Check(root, world)
  const top = fieldsOf(data)
  const zone = textOf(top['zone'])
  const schedules = Object.entries(fieldsOf(top['schedules'])).map(([name, value]) =>
    check.schedule(name, fieldsOf(value), zone),
  )
  check.owners(schedules)
  const maintenance = listOf(top['maintenance']).map((one, i) => check.maintenance(fieldsOf(one), i, zone))
  const alerts = listOf(top['alerts']).flatMap((one, i) => check.alert(fieldsOf(one), i))
  return { file: { schedules, maintenance, alerts }, diagnostics: check.diagnostics }
}

type Fields = Readonly<Record<string, unknown>>

const minute = 60_000
const day = 1440 * minute

class Check {
  readonly diagnostics: Diagnostic[] = []
  readonly #root: Node
  readonly #world: ScheduleWorld

  constructor(root: Node, world: ScheduleWorld) {
    this.#root = root
    this.#world = world
  }

  schedule(name: string, fields: Fields, usualZone: string | undefined): Schedule {
    const path = ['schedules', name]
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
      this.#say(
        'invalid-name',
        path,
        `"${name}" is no name for a schedule.`,
        'Use letters, digits, - and _.',
        true,
      )
    }
    const { cron, zone } = this.#timing(path, fields, usualZone)
    return {
      name,
      cron,
      zone,
      ...this.#work(path, fields),
      ...choicesOf(fields),
      ...optional('limit', textOf(fields['limit'])),
      ...optional('deadline', msOf(fields['deadline'])),
      ...optional('staleAfter', msOf(fields['stale_after'])),
      inventories: textsOf(fields['inventory']),
      tags: textsOf(fields['tags']),
      extraVars: extraVarsOf(fields),
      catchUpWithin: msOf(fields['catch_up_within']) ?? 7 * day,
      jitter: msOf(fields['jitter']) ?? 0,
      retries: typeof fields['retries'] === 'number' ? fields['retries'] : 0,
      retryDelay: msOf(fields['retry_delay']) ?? 5 * minute,
      locks: textsOf(fields['locks']),
      vms: listOf(fields['vms']).map(String),
      paused: fields['paused'] === true,
    }
  }

  maintenance(fields: Fields, index: number, usualZone: string | undefined): Maintenance {
    const timing = this.#timing(['maintenance', index], fields, usualZone)
    return { name: textOf(fields['name']) ?? '', ...timing, duration: msOf(fields['duration']) ?? 0 }
  }

  alert(fields: Fields, index: number): readonly AlertRoute[] {
    const path = ['alerts', index]
    const given = ['webhook', 'ntfy', 'email'].filter((kind) => fields[kind] !== undefined)
    if (given.length !== 1) {
      this.#say('wrong-shape', path, 'An alert goes one way.', 'Give one of webhook, ntfy and email.')
      return []
    }
    const on = listOf(fields['on']).filter(isAlertKind)
    const told = { on: on.length > 0 ? on : alertKinds }
    const email = fieldsOf(fields['email'])
    if (fields['email'] !== undefined) {
      this.#url([...path, 'email', 'smtp'], email['smtp'], ['smtp:', 'smtps:'])
      const [smtp, from] = [textOf(email['smtp']) ?? '', textOf(email['from']) ?? '']
      return [{ kind: 'email', smtp, from, to: textsOf(email['to']), ...told }]
    }
    const kind = fields['webhook'] === undefined ? 'ntfy' : 'webhook'
    const url = textOf(fields[kind]) ?? ''
    this.#url([...path, kind], url, ['http:', 'https:'])
    return [{ kind, url, ...optional('token', textOf(fields['token'])), ...told }]
  }

  owners(schedules: readonly Schedule[]): void {
    this.diagnostics.push(...secondNames(schedules).map((one) => ownerDiagnostic(one, this.#root)))
  }

  #timing(path: Path, fields: Fields, usualZone: string | undefined): { cron: string; zone: string } {
    const cron = textOf(fields['cron']) ?? ''
    const times = parseCron(cron)
    if ('problem' in times) {
      const range = within(rangeAt(this.#root, [...path, 'cron']), times.at, times.length)
      this.#say(
        'bad-argument',
        [...path, 'cron'],
        `The cron expression "${cron}" cannot be used. ${times.problem}`,
        times.remedy,
        false,
        range,
      )
    }
    const zone = textOf(fields['zone']) ?? usualZone
    if (zone === undefined) {
      this.#say(
        'missing-argument',
        path,
        'It has no time zone.',
        'Add `zone: Europe/Berlin`, here or at the top of the file.',
        true,
      )
    } else if (!isZone(zone)) {
      this.#zone(path, fields, zone)
    } else if (
      !('problem' in times) &&
      fields['gap'] === undefined &&
      mayFallIntoGap(times, zone, this.#world.now)
    ) {
      this.#warn(
        [...path, 'cron'],
        `In ${zone} the clocks change at night: between 1 and 3 o'clock a time may be left out or come twice. It then runs after the gap, and the first time only; \`gap: run-after\` says that this is meant.`,
      )
    }
    return { cron, zone: zone ?? 'UTC' }
  }

  #zone(path: Path, fields: Fields, zone: string): void {
    const near = nearest(zone, Intl.supportedValuesOf('timeZone'))
    const place = fields['zone'] === undefined ? ['zone'] : [...path, 'zone']
    const remedy =
      near === undefined ? 'Zones are named as in Europe/Berlin; UTC is one too.' : `Did you mean "${near}"?`
    this.#say('bad-argument', place, `There is no time zone "${zone}".`, remedy)
  }

  #work(path: Path, fields: Fields): Pick<Schedule, 'command' | 'playbooks'> {
    const [run, plan] = [textsOf(fields['run']), textsOf(fields['plan'])]
    if (run.length > 0 === plan.length > 0) {
      this.#say(
        'wrong-shape',
        path,
        'It has to name either what to run or what to plan.',
        'Give `run: playbook.yml` or `plan: playbook.yml`.',
        true,
      )
    }
    const command = run.length > 0 ? ('run' as const) : ('plan' as const)
    const playbooks = run.length > 0 ? run : plan
    for (const [i, playbook] of playbooks.entries()) {
      if (this.#world.isFile(playbook)) continue
      const place = Array.isArray(fields[command]) ? [...path, command, i] : [...path, command]
      this.#say(
        'file-missing',
        place,
        `There is no playbook "${playbook}".`,
        'Paths start from the folder that the daemon runs in.',
      )
    }
    return { command, playbooks }
  }

  #url(path: Path, value: unknown, protocols: readonly string[]): void {
    const url = typeof value === 'string' ? URL.parse(value) : null
    if (url && protocols.includes(url.protocol)) return
    // It may hold a password, so it is not repeated.
    this.#say(
      'bad-argument',
      path,
      'This is no URL that can be used.',
      `It begins with ${protocols.map((one) => `${one}//`).join(' or ')}.`,
    )
  }

  #warn(path: Path, message: string): void {
    this.diagnostics.push({
      code: 'bad-argument',
      severity: 'warning',
      message,
      range: rangeAt(this.#root, path),
    })
  }

  #say(
    code: DiagnosticCode,
    path: Path,
    message: string,
    remedy: string,
    key = false,
    range?: SourceRange,
  ): void {
    this.diagnostics.push({
      code,
      severity: 'error',
      message,
      remedy,
      range: range ?? rangeAt(this.#root, path, key),
    })
  }
}

const alertKinds: readonly AlertKind[] = ['failure', 'recovery', 'missed', 'stale', 'drift']
const isAlertKind = (value: unknown): value is AlertKind => alertKinds.some((kind) => kind === value)

/** Those of the playbook's user, then the machines that the schedule owns: the later one wins. */
function extraVarsOf({ extra_vars: given, vms }: Fields): readonly string[] {
  const machines = vms === undefined ? [] : [JSON.stringify({ backups_vms: vms })]
  return given === undefined ? machines : [JSON.stringify(given), ...machines]
}

function choicesOf(fields: Fields): Pick<Schedule, 'gap' | 'catchUp' | 'overlap'> {
  const { gap, catch_up: catchUp, overlap } = fields
  return {
    gap: gap === 'skip' ? 'skip' : 'run-after',
    catchUp: catchUp === 'none' || catchUp === 'all' ? catchUp : 'latest',
    overlap: overlap === 'queue' || overlap === 'replace' ? overlap : 'skip',
  }
}

/** Part of a text in one line; quotes take a column. */
function within(range: SourceRange, at: number, length: number): SourceRange {
  const width = range.end.offset - range.start.offset
  if (range.start.line !== range.end.line || at + length > width) return range
  const quote = width > at + length && width - length - at >= 2 && at === 0 && length < width ? 1 : 0
  const move = (by: number) => ({
    ...range.start,
    column: range.start.column + by,
    offset: range.start.offset + by,
  })
  return { file: range.file, start: move(at + quote), end: move(at + quote + length) }
}

/** Clocks change between 1 and 3 in nearly all zones that change them. */
function mayFallIntoGap({ hours, everyHour }: CronTimes, zone: string, now: number): boolean {
  if (everyHour || ![1, 2].some((hour) => hours.has(hour))) return false
  const offsets = [0, 3, 6, 9].map((months) => offsetAt(now + months * 30 * day, zone))
  return new Set(offsets).size > 1
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : listOf(value).filter((one) => typeof one === 'string')
const msOf = (value: unknown): number | undefined =>
  typeof value === 'string' ? durationMs(value) : undefined

const optional = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> => {
  const result: Partial<Record<Name, Value>> = {}
  if (value !== undefined) result[name] = value
  return result
}
