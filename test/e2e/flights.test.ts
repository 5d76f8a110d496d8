import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mixedFiles, mixedTasks } from '../support/mixed-tasks.ts'
import { startProxy, type TestProxy } from '../support/proxy.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { makeUser, type TestUser } from '../support/users.ts'

let server: TestSshd
let slow: TestProxy
let user: TestUser
let project: SshProject

const play = (count: number, more: Record<string, unknown> = {}) => [
  { hosts: 'all', ...more, tasks: mixedTasks(count) },
]

beforeAll(async () => {
  server = await startSshd()
  slow = await startProxy(server.port, { delayMs: 50 })
  user = await makeUser()
  await user.allow('ALL=(ALL) NOPASSWD: ALL')
  project = await makeSshProject({
    server,
    hosts: {
      near: { port: server.port },
      far: { port: slow.port },
      sudo: { user: user.name },
    },
    // What one way to the machine has made is converged for the others.
    vars: { root: '{{ playbook_dir }}/hosts' },
    files: {
      ...mixedFiles,
      'of50.yml': play(50),
      'of200.yml': play(200),
      'become.yml': play(50, { become: true }),
      'one-more.yml': [
        {
          hosts: 'all',
          tasks: [...mixedTasks(50), { copy: { content: '{{ word }}', dest: '{{ root }}/extra' } }],
        },
      ],
    },
  })
})
afterAll(async () => {
  await project?.remove()
  await slow?.close()
  await server?.stop()
  await user?.remove()
})

/** Round trips beyond those of connecting, as tsplay counts them, and all that the slow road shows. */
async function flightsOf(host: string, ...args: string[]) {
  const before = slow.waits()
  const end = await project.run('run', ...args, '-l', host)
  const recap = end.recap()
  expect(recap.exit_code, JSON.stringify(recap.failures) + end.stderr).toBe(0)
  return { flights: recap.flights, waits: slow.waits() - before, counters: recap.hosts[host] }
}

async function waitsToConnect(): Promise<number> {
  const before = slow.waits()
  const end = await project.run('exec', 'far', '--', 'true')
  expect(end.recap()).toMatchObject({ exit_code: 0, flights: 1 })
  return slow.waits() - before - 1
}

interface Slice {
  readonly ph: string
  readonly name: string
  readonly cat: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur: number
  readonly args: Readonly<Record<string, unknown>>
}

const readTrace = (text: string): { readonly traceEvents: readonly Slice[] } => JSON.parse(text)
const endOf = (slice: Slice | undefined): number => (slice ? slice.ts + slice.dur : 0)

describe('round trips to a real OpenSSH server', () => {
  test.each([
    ['near', 'of50.yml'],
    ['near', 'of200.yml'],
    ['far', 'of200.yml'],
    ['sudo', 'become.yml'],
  ])('a converged host needs 4 at most, for any number of tasks: %s, %s', async (host, playbook) => {
    await flightsOf(host === 'sudo' ? host : 'near', playbook)
    const { flights, counters } = await flightsOf(host, playbook)
    expect(counters).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    expect(flights).toBeLessThanOrEqual(4)
  })

  test('the wire shows no more round trips than tsplay counts', async () => {
    await flightsOf('far', 'of200.yml')
    // A machine that stalls looks like one that waits. That adds round trips and never hides one, so the fewest of
    // several runs are those of the dialogue.
    const connecting: number[] = []
    const running: number[] = []
    for (let round = 0; round < 5; round++) {
      connecting.push(await waitsToConnect())
      const { flights, waits } = await flightsOf('far', 'of200.yml')
      running.push(waits - flights)
      if (Math.min(...running) <= Math.min(...connecting)) break
    }
    expect(Math.min(...running)).toBeLessThanOrEqual(Math.min(...connecting))
  })

  test('a profile shows each task and each flight, side by side only in rows of their own', async () => {
    const file = join(project.folder, 'profile.json')
    const { flights } = await flightsOf('sudo', 'become.yml', '--profile', file)
    const { traceEvents } = readTrace(await readFile(file, 'utf8'))
    const hosts = traceEvents.filter(({ name }) => name === 'process_name').map(({ args }) => args['name'])
    expect(hosts.toSorted()).toEqual(['sudo', 'tsplay'])
    const slices = traceEvents.filter(({ ph }) => ph === 'X')
    const named = (kind: string) => slices.filter(({ cat }) => cat === kind)
    expect(named('tasks')).toHaveLength(50)
    expect(named('plays')).toHaveLength(1)
    expect(named('flights').filter(({ name }) => name === 'connect')).toHaveLength(1)
    const sent = named('flights').filter(({ name }) => /^\d+ frames?$/.test(name))
    expect(sent).toHaveLength(flights)
    expect(sent.some(({ args }) => args['as'] === 'root' && Number(args['bytes']) > 1000)).toBe(true)
    for (const row of Map.groupBy(slices, ({ pid, tid }) => `${pid}/${tid}`).values()) {
      const inTime = row.toSorted((a, b) => a.ts - b.ts)
      for (const [i, { ts }] of inTime.entries()) expect(ts).toBeGreaterThanOrEqual(endOf(inTime[i - 1]) - 1)
    }
  })

  test.each(['near', 'far', 'sudo'])('one changed task adds 1: %s', async (host) => {
    const become = host === 'sudo' ? ['-b'] : []
    const fewest = async (words: readonly string[], changed: number) => {
      const counts: number[] = []
      for (const word of words) {
        const run = await flightsOf(host, 'one-more.yml', '-e', `word=${word}`, ...become)
        expect(run.counters).toMatchObject({ changed })
        counts.push(run.flights)
      }
      return Math.min(...counts)
    }
    await flightsOf(host, 'one-more.yml', '-e', 'word=old', ...become)
    // A busy machine can split a flight, so each is counted twice.
    const converged = await fewest(['old', 'old'], 0)
    expect(await fewest([`${host}1`, `${host}2`], 1)).toBe(converged + 1)
  })
})
