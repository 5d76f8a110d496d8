import { homedir } from 'node:os'
import { afterAll } from 'vitest'
import { createConnector } from '#transport/connect.ts'
import { describeTransport } from '../conformance/transport.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'

const shells = [
  { name: 'dash', shellExecutable: '/bin/dash' },
  { name: 'bash', shellExecutable: '/bin/bash' },
  { name: 'busybox ash', shellExecutable: 'busybox sh' },
  { name: 'mksh', shellExecutable: '/bin/mksh', syntaxErrorCode: 1 },
]

const servers: TestSshd[] = []
const connector = createConnector({ env: {}, homeDirectory: homedir() })

for (const { name, shellExecutable, ...rest } of shells) {
  describeTransport(`ssh, frames run by ${name}`, async () => {
    const server = await startSshd()
    servers.push(server)
    return {
      ...rest,
      connect: (signal = new AbortController().signal) =>
        connector.connect(server.address({ shellExecutable }), signal),
    }
  })
}

afterAll(async () => {
  await connector.close()
  for (const server of servers) await server.stop()
})
