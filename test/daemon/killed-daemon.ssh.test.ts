import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SlotLedger } from '#history/slot-ledger.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const program = join(import.meta.dirname, '../support/scheduler-process.ts')
const hour = 3_600_000
const start = Date.parse('2026-06-01T00:30Z')
/** Full rounds take minutes; a few of them, with stages chosen by a fixed seed, are part of every run. */
const rounds = Number(process.env['TSPLAY_KILL_ROUNDS'] ?? 6)

/** A generator of the multiply-with-carry kind: the same seed, the same rounds. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

async function daemon(folder: string, stage = '-', seen = 1): Promise<void> {
  const child = spawn(process.execPath, [program, 'daemon', folder, stage, String(seen)], {
    stdio: 'inherit',
  })
  await once(child, 'close')
}

/** Waits for the runs that were started, whoever started them. */
async function runsEnded(folder: string): Promise<void> {
  const pids = existsSync(join(folder, 'pids'))
    ? readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n')
    : []
  for (const pid of pids) while (pid !== '' && existsSync(`/proc/${pid}/exe`)) await sleep(20)
}

test(
  `killed at any stage and started again, it loses and doubles no run in ${rounds} rounds`,
  async () => {
    const folder = await scratchFolder()
    const random = randomOf(Number(process.env['TSPLAY_KILL_SEED'] ?? 1))
    const stages = ['decided', 'looked after', 'start', 'started', 'reported']
    let now = start
    let farthest = start
    const setClock = () => writeFileSync(join(folder, 'clock'), String(now))
    setClock()
    await daemon(folder)
    for (let round = 0; round < rounds; round++) {
      // One to three hours pass, in which both schedules come due as often; now and then the clock goes back a little.
      now += (1 + random(3)) * hour - (random(5) === 0 ? hour / 2 : 0)
      farthest = Math.max(farthest, now)
      setClock()
      await daemon(folder, stages[random(stages.length)] ?? '', 1 + random(2))
      // Some runs claim their slot before the next daemon looks, some after.
      if (random(2) === 0) await runsEnded(folder)
    }
    // A look starts one run of each schedule, so what has queued up takes as many looks.
    for (let quiet = 0; quiet < 50 + 3 * rounds && (await isOpen(folder)); quiet++) {
      await daemon(folder)
      await runsEnded(folder)
    }
    const ran = readFileSync(join(folder, 'runs.log'), 'utf8').trim().split('\n').sort()
    const expected = ['a', 'b'].flatMap((name) => {
      const due: string[] = []
      for (let at = start + hour / 2; at <= farthest; at += hour) due.push(`${name} ${at}`)
      return due
    })
    expect(ran).toEqual(expected.sort())
  },
  900_000 + rounds * 30_000,
)

async function isOpen(folder: string): Promise<boolean> {
  await runsEnded(folder)
  const ledger = new SlotLedger(folder)
  const open = ledger.open().length > 0
  ledger.close()
  return open
}
