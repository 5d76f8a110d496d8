import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '#model/transport.ts'
import { type Connector, createConnector } from '#transport/connect.ts'
import { type Played, playIn } from '../support/play.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { writeFiles } from '../support/write-files.ts'

type Streamed = Parameters<Connection['stream']>[0]

const size = 17_000_000

describe('a large file on the way to a host far away', () => {
  let folder: string
  let server: TestSshd
  let connector: Connector
  let content: Buffer

  async function begin(config: readonly string[] = []): Promise<void> {
    server = await startSshd({ config })
    connector = createConnector({ env: {}, homeDirectory: '/nonexistent' })
  }
  beforeEach(async () => {
    content = randomBytes(size)
    folder = await writeFiles({
      'inventory.yml': 'all: { hosts: { a: { ssh_host: a } } }',
      'site.yml': `
- hosts: all
  tasks:
    - { name: large, copy: { src: large, dest: "{{ playbook_dir }}/a/large", mode: "0640" } }
`,
    })
    mkdirSync(join(folder, 'files'))
    mkdirSync(join(folder, 'a'))
    writeFileSync(join(folder, 'files/large'), content)
  })
  afterEach(async () => {
    await connector.close()
    await server.stop()
  })

  /** One run over a road whose answers seem to take so many milliseconds. `alter` may change what is streamed, and hears which one it is. */
  async function run(
    alter: (streamed: Streamed, nth: number, connection: Connection) => Streamed = (streamed) => streamed,
    quickestAnswer = 50,
  ): Promise<Played & { readonly streams: number; readonly flights: number }> {
    let streams = 0
    const connection = await connector.connect(server.address(), new AbortController().signal)
    const far: Connection = {
      count: connection.count,
      quickestAnswer,
      send: (frames) => connection.send(frames),
      upload: (upload) => connection.upload(upload),
      download: (download) => connection.download(download),
      stream(streamed) {
        streams += 1
        return connection.stream(alter(streamed, streams, connection))
      },
      reset: () => connection.reset(),
      close: () => connection.close(),
    }
    const played = await playIn(folder, { connect: () => async () => far })
    return { ...played, streams, flights: connection.count.flights }
  }
  const atHost = () => readdirSync(join(folder, 'a'))
  const arrived = () => readFileSync(join(folder, 'a/large')).equals(content)

  it('travels over four channels at a time, and once', async () => {
    await begin()
    const first = await run()
    expect(first.log).toEqual(['a large changed'])
    expect(first.streams).toBe(4)
    expect(arrived()).toBe(true)
    expect(statSync(join(folder, 'a/large')).mode & 0o7777).toBe(0o640)
    const second = await run()
    expect(second.log).toEqual(['a large ok'])
    expect(second.streams).toBe(0)
    expect(atHost()).toEqual(['large'])
  })

  it('costs as many round trips as over one channel', async () => {
    await begin()
    const far = await run()
    rmSync(join(folder, 'a/large'))
    const near = await run((streamed) => streamed, 1)
    expect([far.streams, near.streams]).toEqual([4, 1])
    expect(far.flights).toBe(near.flights)
  })

  it('travels over one where the server allows no more', async () => {
    await begin(['MaxSessions 1'])
    expect((await run()).log).toEqual(['a large changed'])
    expect(arrived()).toBe(true)
    await expect.poll(atHost).toEqual(['large'])
  })

  it.each([1, 2, 4])('leaves no part of itself when the road breaks on channel %i', async (broken) => {
    await begin()
    writeFileSync(join(folder, 'a/large'), 'as it was')
    const { log, recap } = await run((streamed, nth, connection) =>
      nth === broken
        ? { ...streamed, stdin: breaking(streamed.stdin, () => killServer(connection)) }
        : streamed,
    )
    expect(recap.exitCode).not.toBe(0)
    expect(log).toEqual(['a large unreachable'])
    await expect.poll(atHost, { timeout: 20_000 }).toEqual(['large'])
    expect(readFileSync(join(folder, 'a/large'), 'utf8')).toBe('as it was')
  })

  it('is not there when it became shorter on the way', async () => {
    await begin()
    const { log, recap } = await run((streamed, nth) => {
      if (nth === 2) truncateSync(join(folder, 'files/large'), 3_000_000)
      return streamed
    })
    expect(log).toEqual(['a large failed'])
    expect(JSON.stringify(recap.failures)).toContain('became shorter')
    await expect.poll(atHost, { timeout: 20_000 }).toEqual([])
  })

  it.each([1, 3])('is not there when what writes channel %i fails, and says why', async (broken) => {
    await begin()
    const failing = 'head -c 100000 >/dev/null; echo "dd: writing: No space left on device" >&2; exit 1'
    const { log, recap } = await run((streamed, nth) =>
      nth === broken ? { ...streamed, script: failing } : streamed,
    )
    expect(log).toEqual(['a large failed'])
    expect(JSON.stringify(recap.failures)).toContain('No space left on device')
    await expect.poll(atHost, { timeout: 20_000 }).toEqual([])
  })
})

/** The end of the server's process for this connection: nobody says goodbye. */
function killServer(connection: Connection): void {
  const [killed] = connection.send([{ script: 'kill -9 "$PPID"' }])
  killed?.catch(() => undefined)
}

async function* breaking(
  pieces: AsyncIterable<Uint8Array> | undefined,
  breakNow: () => void,
): AsyncGenerator<Uint8Array> {
  let count = 0
  for await (const piece of pieces ?? []) {
    yield piece
    count += 1
    if (count === 2) breakNow()
  }
}
