import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { ProcessMark } from '#model/run-record.ts'
import type { AlertKind } from '#model/schedule.ts'
import type { Alert, Decision, Slot } from '#model/slot.ts'
import { raiseAlert, unsentAlerts } from './alert-rows.ts'
import { endLease, keepLease, leaseHolder } from './leases.ts'
import { inTransaction, openDatabase } from './open-database.ts'
import { countOutcomes, pruneSlots } from './slot-counts.ts'
import { slotOf } from './slot-row.ts'
import { slotTables } from './slot-tables.ts'

export type Claim =
  | { readonly kind: 'claimed'; readonly attempt: number }
  /** Somebody else runs or ran it, or it was passed over. */
  | { readonly kind: 'gone' }
  /** The schedule, or a lock it needs, is held. */
  | { readonly kind: 'busy'; readonly by: string }

/**
 * What became of each time at which a schedule was due. Unlike the index of runs this is the truth itself: a run
 * claims its slot in one transaction before it begins, so that neither two daemons, nor a daemon and the children of
 * one that was killed, nor a person can run it twice; and a slot stays due until a run has claimed it, so that none
 * is lost. Every write is on the disk before it counts.
 */
export class SlotLedger {
  readonly #database: DatabaseSync

  constructor(stateFolder: string) {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
    this.#database = openDatabase(join(stateFolder, 'schedules.db'))
    this.#database.exec('PRAGMA synchronous = FULL')
    inTransaction(this.#database, () => this.#database.exec(slotTables))
  }

  close(): void {
    this.#database.close()
  }

  /**
   * Decides on the times since the last call, all at once. A schedule that is seen for the first time begins now. A
   * clock that was ahead and is right again takes back what was decided for times to come and has not begun.
   */
  decide(schedule: string, now: number, between: (from: number) => readonly Decision[]): void {
    inTransaction(this.#database, () => {
      const known = this.#get('SELECT handled FROM schedule WHERE name = ?', schedule)
      if (!known) {
        this.#run('INSERT INTO schedule (name, since, handled) VALUES (?, ?, ?)', schedule, now, now)
        return
      }
      const handled = Number(known['handled'])
      if (handled > now) this.#takeBack(schedule, now)
      for (const one of between(Math.min(handled, now))) this.#keep(schedule, one, now)
      this.#run('UPDATE schedule SET handled = ? WHERE name = ?', now, schedule)
    })
  }

  #takeBack(schedule: string, now: number): void {
    this.#run(
      `DELETE FROM slot WHERE schedule = ? AND at > ? AND attempt = 0 AND manual = 0
       AND state IN ('due', 'skipped')`,
      schedule,
      now,
    )
  }

  #keep(schedule: string, { at, skip }: Decision, now: number): void {
    const isSkipped = skip !== undefined
    this.#run(
      'INSERT OR IGNORE INTO slot (schedule, at, state, reason, ended) VALUES (?, ?, ?, ?, ?)',
      schedule,
      at,
      isSkipped ? 'skipped' : 'due',
      skip ?? null,
      isSkipped ? now : null,
    )
  }

  /** A run that a person asks for. Gives the time it stands under. */
  addManual(schedule: string, now: number): number {
    return inTransaction(this.#database, () => {
      this.#run('INSERT OR IGNORE INTO schedule (name, since, handled) VALUES (?, ?, ?)', schedule, now, now)
      let at = now
      while (this.slot(schedule, at)) at++
      this.#run("INSERT INTO slot (schedule, at, state, manual) VALUES (?, ?, 'due', 1)", schedule, at)
      return at
    })
  }

  /** Takes a slot and its locks for a process, or says why not. Locks of processes that ended do not count. */
  claim(
    { schedule, at }: Pick<Slot, 'schedule' | 'at'>,
    holder: { readonly run: string; readonly process: ProcessMark; readonly locks: readonly string[] },
    now: number,
  ): Claim {
    const names = [`schedule ${schedule}`, ...holder.locks.map((name) => `lock ${name}`)]
    return inTransaction(this.#database, () => {
      const slot = this.slot(schedule, at)
      if (slot?.state !== 'due') return { kind: 'gone' }
      for (const name of names) {
        const by = leaseHolder(this.#database, name)
        if (by) return { kind: 'busy', by: `${name} (process ${by.pid})` }
      }
      for (const name of names) {
        keepLease(this.#database, name, holder.process)
      }
      this.#run(
        "UPDATE slot SET state = 'started', attempt = attempt + 1, run = ?, process = ?, started = ?, ended = NULL WHERE schedule = ? AND at = ?",
        holder.run,
        JSON.stringify(holder.process),
        now,
        schedule,
        at,
      )
      return { kind: 'claimed', attempt: slot.attempt + 1 }
    })
  }

  /**
   * Closes the attempt that holds a slot; with `retryAt` the slot is due again from then on. An attempt that no
   * longer holds it closes nothing.
   */
  finish(
    { schedule, at, attempt }: Pick<Slot, 'schedule' | 'at' | 'attempt'>,
    end: { readonly outcome: string; readonly now: number; readonly retryAt?: number },
  ): void {
    const state = end.retryAt === undefined ? 'ended' : 'due'
    inTransaction(this.#database, () => {
      this.#run(
        "UPDATE slot SET state = ?, outcome = ?, ended = ?, not_before = ? WHERE schedule = ? AND at = ? AND attempt = ? AND state = 'started'",
        state,
        end.outcome,
        end.now,
        end.retryAt ?? null,
        schedule,
        at,
        attempt,
      )
    })
  }

  /** Passes over a slot that has not begun. */
  skip({ schedule, at }: Pick<Slot, 'schedule' | 'at'>, reason: string, now: number): void {
    this.#run(
      "UPDATE slot SET state = 'skipped', reason = ?, ended = ? WHERE schedule = ? AND at = ? AND state = 'due'",
      reason,
      now,
      schedule,
      at,
    )
  }

  /** Counts a start that never came to its claim, so that it cannot be tried without end. Else does nothing. */
  countFailedStart(slot: Slot, end: { outcome: string; now: number; retryAt?: number }): void {
    this.#run(
      `UPDATE slot SET attempt = attempt + 1, state = ?, outcome = ?, ended = ?, not_before = ?
       WHERE schedule = ? AND at = ? AND attempt = ? AND state = 'due'`,
      end.retryAt === undefined ? 'ended' : 'due',
      end.outcome,
      end.now,
      end.retryAt ?? null,
      slot.schedule,
      slot.at,
      slot.attempt,
    )
  }

  slot(schedule: string, at: number): Slot | undefined {
    const row = this.#get('SELECT * FROM slot WHERE schedule = ? AND at = ?', schedule, at)
    return row && slotOf(row)
  }

  /** Those that are due or have begun, earliest first. */
  open(): readonly Slot[] {
    return this.#all("SELECT * FROM slot WHERE state IN ('due', 'started') ORDER BY at").map(slotOf)
  }

  /** The latest ones, newest first. */
  latest(count: number, schedule?: string): readonly Slot[] {
    const where = schedule === undefined ? '' : 'WHERE schedule = ?'
    const values = schedule === undefined ? [] : [schedule]
    return this.#all(`SELECT * FROM slot ${where} ORDER BY at DESC LIMIT ?`, ...values, count).map(slotOf)
  }

  /** When a run of the schedule last ended well; undefined when none has. */
  lastSuccess(schedule: string): number | undefined {
    const row = this.#get(
      "SELECT max(ended) AS ended FROM slot WHERE schedule = ? AND state = 'ended' AND outcome IN ('done', 'pending')",
      schedule,
    )
    return row?.['ended'] == null ? undefined : Number(row['ended'])
  }

  /** How the slots of a schedule ended, for counters: `{ done: 12, failed: 1, skipped: 3 }`. */
  outcomes(schedule: string): Readonly<Record<string, number>> {
    return countOutcomes(this.#database, schedule)
  }

  /** Forgets what was over before then (milliseconds since 1970): see `pruneSlots`. */
  prune(before: number): void {
    pruneSlots(this.#database, before)
  }

  /** When the schedule was first seen. */
  since(schedule: string): number | undefined {
    const row = this.#get('SELECT since FROM schedule WHERE name = ?', schedule)
    return row && Number(row['since'])
  }

  /** @param until milliseconds since 1970; undefined until it is resumed */
  pause(schedule: string, until: number | undefined, now: number): void {
    inTransaction(this.#database, () => {
      this.#run('INSERT OR IGNORE INTO schedule (name, since, handled) VALUES (?, ?, ?)', schedule, now, now)
      this.#run('UPDATE schedule SET paused = 1, paused_until = ? WHERE name = ?', until ?? null, schedule)
    })
  }

  resume(schedule: string): void {
    this.#run('UPDATE schedule SET paused = 0, paused_until = NULL WHERE name = ?', schedule)
  }

  isPaused(schedule: string, now: number): boolean {
    const row = this.#get('SELECT paused, paused_until FROM schedule WHERE name = ?', schedule)
    if (row?.['paused'] !== 1) return false
    return row['paused_until'] === null || Number(row['paused_until']) > now
  }

  /** Takes a name for this process; gives who has it instead. A process that ended has it no longer. */
  take(name: string, process: ProcessMark): ProcessMark | undefined {
    return inTransaction(this.#database, () => {
      const by = leaseHolder(this.#database, name)
      if (by && by.pid !== process.pid) return by
      keepLease(this.#database, name, process)
      return undefined
    })
  }

  release(name: string): void {
    endLease(this.#database, name)
  }

  /** Slots that ended or were passed over and that nobody has been told of. */
  unreported(): readonly Slot[] {
    return this.#all(
      "SELECT * FROM slot WHERE reported = 0 AND state IN ('ended', 'skipped') ORDER BY ended, at",
    ).map(slotOf)
  }

  /** Marks a slot as told and raises its alerts, together. */
  report(
    slot: Slot,
    alerts: readonly { readonly kind: AlertKind; readonly text: string }[],
    now: number,
  ): void {
    inTransaction(this.#database, () => {
      this.#run('UPDATE slot SET reported = 1 WHERE schedule = ? AND at = ?', slot.schedule, slot.at)
      for (const { kind, text } of alerts)
        this.raise({ kind, schedule: slot.schedule, text }, `${slot.at}`, now)
    })
  }

  /** Raises an alert once for each key. */
  raise(alert: Pick<Alert, 'kind' | 'schedule' | 'text'>, key: string, now: number): void {
    raiseAlert(this.#database, alert, { key, now })
  }

  /** Alerts that still have to be sent, oldest first. */
  unsent(): readonly Alert[] {
    return unsentAlerts(this.#database)
  }

  markSent(id: number, now: number): void {
    this.#run('UPDATE alert SET sent = ? WHERE id = ?', now, id)
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#database.prepare(sql).run(...values)
  }

  #get(sql: string, ...values: (string | number)[]) {
    return this.#database.prepare(sql).get(...values)
  }

  #all(sql: string, ...values: (string | number)[]) {
    return this.#database.prepare(sql).all(...values)
  }
}
