import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { PostOffice } from '#daemon/post-office.ts'
import { sendAlert } from '#daemon/send-alert.ts'
import { SlotLedger } from '#history/slot-ledger.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const alert = { id: 1, kind: 'failure' as const, schedule: 'nightly', text: 'nightly failed.', raisedAt: 0 }
const on = ['failure' as const]

interface Heard {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A web server that answers with these codes in turn, then with 200. */
async function webServer(codes: number[] = []) {
  const heard: Heard[] = []
  const server = createServer((request, answer) => {
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body })
      answer.writeHead(codes.shift() ?? 200).end('ok')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${portOf(server.address())}/topic`, heard }
}

const portOf = (address: AddressInfo | string | null) =>
  typeof address === 'object' && address !== null ? address.port : 0

/** As much of SMTP (RFC 5321) as one message takes. */
async function mailServer() {
  const mails: string[] = []
  const server = createTcpServer((socket) => {
    let data: string | undefined
    socket.write('220 test ESMTP\r\n')
    let rest = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (data === undefined) {
          socket.write(
            /^DATA/i.test(line) ? '354 go on\r\n' : /^QUIT/i.test(line) ? '221 bye\r\n' : '250 ok\r\n',
          )
          if (/^DATA/i.test(line)) data = ''
        } else if (line === '.') {
          mails.push(data)
          data = undefined
          socket.write('250 taken\r\n')
        } else data += `${line}\n`
      }
    })
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { smtp: `smtp://127.0.0.1:${portOf(server.address())}`, mails }
}

test('a webhook gets JSON', async () => {
  const { url, heard } = await webServer()
  await sendAlert(alert, { kind: 'webhook', url, on })
  expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
    kind: 'failure',
    schedule: 'nightly',
    text: 'nightly failed.',
    time: '1970-01-01T00:00:00.000Z',
  })
})

test('ntfy gets a title, a priority and its token', async () => {
  const { url, heard } = await webServer()
  await sendAlert(alert, { kind: 'ntfy', url, token: 'tk_1', on })
  expect(heard[0]).toMatchObject({
    body: 'nightly failed.',
    headers: { title: 'tsplay: nightly: failure', priority: 'high', authorization: 'Bearer tk_1' },
  })
})

test('mail arrives with subject and text', async () => {
  const { smtp, mails } = await mailServer()
  await sendAlert(alert, { kind: 'email', smtp, from: 'tsplay@example.org', to: ['ops@example.org'], on })
  expect(mails[0]).toContain('Subject: tsplay: nightly: failure')
  expect(mails[0]).toContain('To: ops@example.org')
  expect(mails[0]).toContain('nightly failed.')
})

test('an answer that is no success is a failure that names no address', async () => {
  const { url } = await webServer([500])
  await expect(sendAlert(alert, { kind: 'webhook', url, on })).rejects.toThrow('It was answered with 500.')
})

test('what was refused is tried again, what was taken is not repeated', async () => {
  const ledger = new SlotLedger(await scratchFolder())
  onTestFinished(() => ledger.close())
  ledger.raise({ kind: 'failure', schedule: 'a', text: 'a failed.' }, '1', 0)
  ledger.raise({ kind: 'stale', schedule: 'a', text: 'a is old.' }, '1', 0)
  const [good, bad] = [await webServer(), await webServer([500])]
  const routes = [
    { kind: 'webhook' as const, url: good.url, on: ['failure' as const] },
    { kind: 'webhook' as const, url: bad.url, on: ['failure' as const, 'stale' as const] },
  ]
  const complaints: string[] = []
  const post = new PostOffice((message) => complaints.push(message))
  await post.deliver(ledger, routes, 1000)
  expect(ledger.unsent().map(({ kind }) => kind)).toEqual(['failure'])
  expect(complaints).toEqual(['warning: An alert about a was not sent by webhook: It was answered with 500.'])
  await post.deliver(ledger, routes, 2000)
  expect(bad.heard).toHaveLength(2)
  await post.deliver(ledger, routes, 20_000)
  expect(ledger.unsent()).toEqual([])
  expect([good.heard.length, bad.heard.length]).toEqual([1, 3])
})
