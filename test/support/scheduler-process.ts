import { spawn } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tick } from '#daemon/scheduler.ts'
import { processMark } from '#history/process-mark.ts'
import { SlotLedger } from '#history/slot-ledger.ts'
import { scheduleOf } from './schedule.ts'

/*
 * A daemon with a driven clock, and the runs it starts, each a process of its own:
 *
 *   node scheduler-process.ts daemon <folder> <stage> <seen>   looks once; is killed when it comes to the stage for
 *                                                              the so-manieth time ("-" for never)
 *   node scheduler-process.ts run <folder> <schedule> <at>     claims the slot and notes it in runs.log
 */
const [, program = '', role, folder = '', ...words] = process.argv
const clock = () => Number(readFileSync(join(folder, 'clock'), 'utf8'))
const ledger = new SlotLedger(folder)

if (role === 'daemon') daemon(words[0] ?? '-', Number(words[1] ?? 1))
else run(words[0] ?? '', Number(words[1]))
ledger.close()

function daemon(stage: string, seen: number): void {
  let left = seen
  const schedules = ['a', 'b'].map((name) => scheduleOf({ name, catchUp: 'all', overlap: 'queue' }))
  const other = ledger.take('daemon', mark())
  if (other) throw new Error(`A daemon runs already: ${other.pid}`)
  tick({
    ledger,
    file: { schedules, maintenance: [], alerts: [] },
    now: clock(),
    start(schedule, slot) {
      const child = spawn(process.execPath, [program, 'run', folder, schedule.name, String(slot.at)], {
        detached: true,
        stdio: 'ignore',
      })
      appendFileSync(join(folder, 'pids'), `${child.pid}\n`)
      child.unref()
    },
    isStarting: () => false,
    end: () => undefined,
    stage(name) {
      if (name !== stage) return
      left -= 1
      if (left === 0) process.kill(process.pid, 'SIGKILL')
    },
  })
}

function run(schedule: string, at: number): void {
  const claim = ledger.claim(
    { schedule, at },
    { run: `${schedule}-${at}`, process: mark(), locks: [] },
    clock(),
  )
  if (claim.kind !== 'claimed') return
  appendFileSync(join(folder, 'runs.log'), `${schedule} ${at}\n`)
  ledger.finish({ schedule, at, attempt: claim.attempt }, { outcome: 'done', now: clock() })
}

function mark() {
  const own = processMark()
  if (!own) throw new Error('There is no mark of this process.')
  return own
}
