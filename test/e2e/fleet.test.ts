import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mixedFiles, mixedTasks } from '../support/mixed-tasks.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import type { RunningTsplay } from '../support/tsplay.ts'

/** 200 in every suite; 1,000 when `TSPLAY_FLEET=1000` asks for them, which takes a gigabyte for the servers. */
const count = Number(process.env['TSPLAY_FLEET'] ?? 200)
const names = Array.from({ length: count }, (_, i) => `host${i}`)
const limitMegabytes = count > 200 ? 500 : 300

let server: TestSshd
let project: SshProject

beforeAll(async () => {
  server = await startSshd({ config: ['MaxStartups 500'] })
  project = await makeSshProject({
    server,
    hosts: Object.fromEntries(names.map((name) => [name, {}])),
    // One folder for all, so that the first host makes what the others find.
    vars: { root: '{{ playbook_dir }}/hosts' },
    files: { ...mixedFiles, 'site.yml': [{ hosts: 'all', tasks: mixedTasks(50) }] },
  })
})
afterAll(async () => {
  await project?.remove()
  await server?.stop()
})

test(`${count} hosts with 50 tasks each stay below ${limitMegabytes} MB`, async () => {
  const alone = await project.run('run', 'site.yml', '-l', 'host0')
  expect(alone.code, alone.stdout.slice(0, 2000)).toBe(0)
  const first = await peakOfRun()
  // A busy machine collects garbage later: one more try before it counts.
  expect(first < limitMegabytes ? first : await peakOfRun()).toBeLessThan(limitMegabytes)
}, 600_000)

async function peakOfRun(): Promise<number> {
  const running = project.start('run', 'site.yml', '--output', 'json')
  const [peak, end] = await Promise.all([peakMegabytes(running), running.end])
  const recap = end.recap()
  expect(end.code, JSON.stringify(recap.failures.slice(0, 3))).toBe(0)
  expect(Object.keys(recap.hosts)).toHaveLength(count)
  for (const name of names) expect(recap.hosts[name]).toMatchObject({ ok: 50, changed: 0, failed: 0 })
  return peak
}

/** The kernel's own high-water mark, read while the process lives. */
function peakMegabytes({ process: child, end }: RunningTsplay): Promise<number> {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid ?? 0))
  }, 50)
  return end.then(() => {
    clearInterval(timer)
    return peak
  })
}

function highWater(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024)
  } catch {
    // It has ended; the last value stands.
    return 0
  }
}
