import { homedir } from 'node:os'
import { afterAll } from 'vitest'
import { createConnector } from '#transport/connect.ts'
import { describeTransport } from '../conformance/transport.ts'

const connector = createConnector({ env: process.env, homeDirectory: homedir() })

describeTransport('local', async () => ({
  connect: (signal = new AbortController().signal) =>
    connector.connect(
      { host: 'localhost', connection: 'local', address: 'localhost', connectTimeoutMs: 10_000, retries: 0 },
      signal,
    ),
}))

afterAll(() => connector.close())
