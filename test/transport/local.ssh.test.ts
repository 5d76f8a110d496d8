import { homedir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { createConnector } from '#transport/connect.ts'
import { LocalRoad } from '#transport/local-road.ts'
import { bytesOf, describeTransport } from '../conformance/transport.ts'

const connector = createConnector({ env: process.env, homeDirectory: homedir() })

describeTransport('local', async () => ({
  connect: (signal = new AbortController().signal) =>
    connector.connect(
      { host: 'localhost', connection: 'local', address: 'localhost', connectTimeoutMs: 10_000, retries: 0 },
      signal,
    ),
}))

afterAll(() => connector.close())

describe('a local program', () => {
  const road = () => new LocalRoad({ name: 'localhost', env: process.env, homeDirectory: homedir() })

  it('can have a terminal, for those that ask for passwords there', async () => {
    const wire = await road().open('stty raw -echo; tty; read line; echo "got $line"', { pty: true })
    wire.stdin.write('typed\n')
    expect((await bytesOf(wire.stdout)).toString()).toMatch(/\/dev\/pts\/\d+\s+got typed\s+$/)
    expect((await wire.ended).rc).toBe(0)
  })

  it('says how it ended', async () => {
    const local = road()
    const [seven, killed] = await Promise.all([local.open('exit 7'), local.open('kill -TERM $$')])
    expect(await seven.ended).toEqual({ rc: 7 })
    expect(await killed.ended).toEqual({ rc: undefined, signal: 'SIGTERM' })
    await local.close()
    await expect(local.open('id')).rejects.toMatchObject({ reason: 'unreachable' })
  })
})
