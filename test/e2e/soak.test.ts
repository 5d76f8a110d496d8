import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import v8 from 'node:v8'
import vm from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connection } from '#model/transport.ts'
import { type Connector, createConnector } from '#transport/connect.ts'
import { playIn } from '../support/play.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { writeFiles } from '../support/write-files.ts'

/** `TSPLAY_SOAK=1`: a gibibyte each way and 2,000 runs; else enough to see that it is the same each time. */
const isLong = process.env['TSPLAY_SOAK'] !== undefined
const mebibytes = isLong ? 1024 : 24
const runs = isLong ? 2000 : 12

let server: TestSshd
let connector: Connector
let connection: Connection

beforeAll(async () => {
  server = await startSshd({ config: ['RekeyLimit 1M'] })
  connector = createConnector({ env: {}, homeDirectory: '/nonexistent' })
  connection = await connector.connect(server.address(), new AbortController().signal)
})
afterAll(async () => {
  await connection?.close()
  await connector?.close()
  await server?.stop()
})

test(`${mebibytes} MiB go either way while the server changes keys at each of them`, async () => {
  const path = `${server.folder}/soak`
  const sent = createHash('sha256')
  // The same memory again and again, as those who read files give it.
  const piece = Buffer.alloc(1 << 20)
  async function* content() {
    for (let i = 0; i < mebibytes; i += 1) {
      piece.writeUInt32BE(i, i % 1000)
      sent.update(piece)
      yield piece
    }
  }
  await connection.upload({ path, content: content() })
  const received = createHash('sha256')
  for await (const chunk of connection.download({ path })) received.update(chunk)
  expect(received.digest('hex')).toBe(sent.digest('hex'))
}, 600_000)

test(`${runs} runs over one warm connection leave no more behind than the first ones`, async () => {
  const folder = await writeFiles({
    'inventory.yml': 'all: { hosts: { a: { ssh_host: a } } }',
    'site.yml': `
- hosts: all
  tasks:
    - { name: folder, file: { path: "{{ playbook_dir }}/a/folder", state: directory } }
    - { name: text, copy: { content: "{{ n }}\\n", dest: "{{ playbook_dir }}/a/folder/text" } }
    - { name: large, copy: { src: large, dest: "{{ playbook_dir }}/a/large" } }
    - { name: command, command: { cmd: echo done } }
`,
    'files/large': 'x'.repeat(200_000),
  })
  mkdirSync(join(folder, 'a'))
  // Runs end, and the connection does not.
  const warm: Connection = { ...methodsOf(connection), close: async () => undefined }
  const sizes: number[] = []
  const listener = Number(readFileSync(join(server.folder, 'sshd.pid'), 'utf8'))
  const descendants = () => descendantsOf(listener)
  let processes: number | undefined
  for (let n = 1; n <= runs; n += 1) {
    const { recap } = await playIn(folder, { extraVars: [`n=${n}`], connect: () => async () => warm })
    expect(recap.exitCode, JSON.stringify(recap.failures)).toBe(0)
    if (n % (runs / 4) !== 0) continue
    // What a channel has ended may take a moment to be gone.
    processes ??= descendants()
    await expect.poll(descendants, { timeout: 30_000 }).toBeLessThanOrEqual(processes)
    sizes.push(heapMegabytes())
  }
  const [first = 0, , , last = 0] = sizes
  expect(last - first, `MB of memory: ${sizes.map((size) => size.toFixed(1)).join(', ')}`).toBeLessThan(8)
  if (isLong) console.info(`MB after each quarter: ${sizes.map((size) => size.toFixed(1)).join(', ')}`)
}, 3_600_000)

const methodsOf = (of: Connection): Omit<Connection, 'close'> => ({
  count: of.count,
  get quickestAnswer() {
    return of.quickestAnswer
  },
  send: (frames) => of.send(frames),
  upload: (upload) => of.upload(upload),
  download: (download) => of.download(download),
  stream: (command) => of.stream(command),
  reset: () => of.reset(),
})

v8.setFlagsFromString('--expose-gc')
const collect: () => void = vm.runInNewContext('gc')

function heapMegabytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

/** Processes that a server has started for its connections, at any depth: its channels' shells among them. */
function descendantsOf(pid: number): number {
  const parents = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const]
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
  const below = (of: number): number =>
    parents.filter(([, parent]) => parent === of).reduce((sum, [child]) => sum + 1 + below(child), 0)
  return below(pid)
}
