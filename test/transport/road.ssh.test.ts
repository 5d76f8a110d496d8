import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Connection, FrameResult, HostAddress } from '#model/transport.ts'
import { type Connector, createConnector } from '#transport/connect.ts'
import { bytesOf, lingering, reasonOf, runFrame } from '../conformance/transport.ts'
import { startProxy, type TestProxy } from '../support/proxy.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { canMakeUsers, makeUser } from '../support/users.ts'

let connector: Connector
const open: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = []
const keep = <T extends (typeof open)[number]>(thing: T): T => {
  open.push(thing)
  return thing
}
const connect = (address: HostAddress): Promise<Connection> =>
  connector.connect(address, new AbortController().signal)
/** The server's keys are known for its own port; a proxy has another. */
const through = (proxy: TestProxy, server: TestSshd, more: Partial<HostAddress> = {}) =>
  server.address({
    port: proxy.port,
    hostKeyChecking: 'accept-new',
    knownHostsFile: `${server.folder}/known_${proxy.port}`,
    ...more,
  })

beforeAll(() => {
  connector = createConnector({ env: {}, homeDirectory: '/nonexistent' })
})
afterEach(async () => {
  await connector.close()
  connector = createConnector({ env: {}, homeDirectory: '/nonexistent' })
  for (const thing of open.splice(0).toReversed()) await (thing.stop ?? thing.close)?.()
})

describe('bytes for a program', () => {
  it('wait here rather than in the memory of a host that is near', async () => {
    const server = keep(await startSshd())
    const connection = await connect(server.address())
    for (let i = 0; i < 20; i += 1) await runFrame(connection, ':')
    const go = `${server.folder}/go`
    let taken = 0
    async function* pieces() {
      for (const piece of Array<Buffer>(128).fill(Buffer.alloc(65_536))) {
        taken += piece.length
        yield piece
      }
    }
    const script = `until [ -e ${go} ]; do sleep 0.05; done; wc -c`
    const { stdout, exit } = connection.stream({ script, stdin: pieces() })
    for (let before = -1; before < taken; ) {
      before = taken
      await sleep(400)
    }
    // The window of a channel, which sshd would keep all of.
    expect(taken).toBeLessThan(2 << 20)
    await writeFile(go, '')
    expect((await bytesOf(stdout)).toString().trim()).toBe(String(128 * 65_536))
    expect((await exit).rc).toBe(0)
  })
})

describe('sessions', () => {
  it.each([1, 2, 3, 10])('are waited for when the server allows %d', async (limit) => {
    const server = keep(await startSshd({ config: [`MaxSessions ${limit}`] }))
    const connection = await connect(server.address())
    const path = (i: number) => `${server.folder}/file-${i}`
    const work = Array.from({ length: 12 }, async (_, i) => {
      await connection.upload({ path: path(i), content: Buffer.from(`content ${i}`) })
      const [frame] = connection.send([{ script: `cat ${path(i)}` }])
      const nobody = connection.send([{ script: 'id -un', as: { user: 'nobody', method: 'sudo' } }])[0]
      return [(await frame)?.stdout, (await nobody)?.stdout]
    })
    const results = await Promise.all(work)
    expect(results).toEqual(Array.from({ length: 12 }, (_, i) => [`content ${i}`, 'nobody\n']))
  })

  it('are told of when the server allows none', async () => {
    const server = keep(await startSshd({ config: ['MaxSessions 0'] }))
    const connection = await connect(server.address())
    await expect(runFrame(connection, 'id')).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('does not start programs'),
    })
  })

  it('do not stop a frame from being ended when there is only one', async () => {
    const server = keep(await startSshd({ config: ['MaxSessions 1'] }))
    const connection = await connect(server.address())
    const [slow] = connection.send([{ script: 'sleep 65.5', timeoutMs: 200 }])
    expect(await reasonOf(slow)).toBe('timeout')
    expect((await runFrame(connection, 'echo again')).stdout).toBe('again\n')
    expect(await lingering('sleep 65.5')).toBe('')
  }, 40_000)
})

describe('many connections at once', () => {
  it('get through a server that drops most of them', async () => {
    const server = keep(await startSshd({ config: ['MaxStartups 2:90:4'] }))
    const connections = await Promise.all(Array.from({ length: 20 }, () => connect(server.address())))
    const results = await Promise.all(connections.map((connection) => runFrame(connection, 'echo here')))
    expect(results.every(({ stdout }) => stdout === 'here\n')).toBe(true)
  })

  it('are at most eight at a time', async () => {
    const server = keep(await startSshd({ config: ['MaxStartups 8:100:8'] }))
    const proxy = keep(await startProxy(server.port, { delayMs: 20 }))
    await Promise.all(Array.from({ length: 24 }, () => connect(through(proxy, server))))
    expect(proxy.connections()).toBe(24)
  })

  it('come back when they were cut before they began', async () => {
    const server = keep(await startSshd())
    const proxy = keep(await startProxy(server.port))
    proxy.refuseNext(3)
    expect((await runFrame(await connect(through(proxy, server)), 'echo here')).stdout).toBe('here\n')
    expect(proxy.connections()).toBe(4)
  })

  it('come back to a server that is just starting, when retries are allowed', async () => {
    const server = keep(await startSshd())
    const address = server.address()
    await server.stop()
    const started = performance.now()
    expect(await reasonOf(connect({ ...address, retries: 1 }))).toBe('unreachable')
    expect(performance.now() - started).toBeGreaterThan(450)
  })
})

describe('jumps', () => {
  it('are verified, chained and shared', async () => {
    const [first, second, target] = [
      keep(await startSshd()),
      keep(await startSshd()),
      keep(await startSshd()),
    ]
    const known = `${target.folder}/all`
    const lines = await Promise.all(
      [first, second, target].map(({ knownHostsFile }) => readFile(knownHostsFile, 'utf8')),
    )
    await writeFile(known, lines.join(''))
    for (const server of [first, second])
      await server.authorize(await readFile(`${target.keyFile}.pub`, 'utf8'))
    const address = target.address({
      knownHostsFile: known,
      jump: `root@127.0.0.1:${first.port},root@127.0.0.1:${second.port}`,
    })
    const connections = await Promise.all([1, 2, 3].map(() => connect(address)))
    for (const connection of connections)
      expect((await runFrame(connection, 'echo there')).stdout).toBe('there\n')
    expect(first.log().split('Accepted publickey').length - 1).toBe(1)
    expect(second.log().split('Accepted publickey').length - 1).toBe(1)
    const content = randomBytes(3_000_000)
    await connections[0]?.upload({ path: `${target.folder}/big`, content })
    expect((await readFile(`${target.folder}/big`)).equals(content)).toBe(true)
    await connector.close()

    await writeFile(known, (lines[0] ?? '') + (lines[2] ?? ''))
    connector = createConnector({ env: {}, homeDirectory: '/nonexistent' })
    await expect(connect(address)).rejects.toMatchObject({
      reason: 'host-key',
      message: expect.stringContaining(`port ${second.port}`),
    })
  })

  it('say which part of the way is missing', async () => {
    const first = keep(await startSshd())
    const target = keep(await startSshd())
    await first.authorize(await readFile(`${target.keyFile}.pub`, 'utf8'))
    await target.stop()
    const address = target.address({
      jump: `root@127.0.0.1:${first.port}`,
      knownHostsFile: first.knownHostsFile,
      privateKeyFile: first.keyFile,
    })
    await expect(connect(address)).rejects.toThrow(
      new RegExp(
        `port ${target.port}\\) cannot be reached by way of .*port ${first.port}: Connection refused`,
      ),
    )
    await connector.close()
    await first.stop()
    connector = createConnector({ env: {}, homeDirectory: '/nonexistent' })
    await expect(connect(address)).rejects.toThrow(
      new RegExp(`port ${first.port} cannot be reached: the connection was refused`),
    )
  })

  it('may be a command', async () => {
    const target = keep(await startSshd())
    const sshConfigFile = `${target.folder}/config`
    await writeFile(
      sshConfigFile,
      `Host web\n  HostName 127.0.0.1\n  ProxyCommand bash -c 'exec 3<>/dev/tcp/%h/${target.port}; cat <&3 & cat >&3'\n  HostKeyAlias [127.0.0.1]:${target.port}\n`,
    )
    const connection = await connect(target.address({ address: 'web', sshConfigFile }))
    expect((await runFrame(connection, 'echo there')).stdout).toBe('there\n')
  })
})

describe('a connection that breaks', () => {
  let server: TestSshd
  beforeAll(async () => {
    server = await startSshd()
  })
  afterAll(() => server.stop())

  it('tells what may have run from what surely has not', async () => {
    const proxy = keep(await startProxy(server.port))
    const connection = await connect(through(proxy, server))
    await runFrame(connection, ':')
    const running = connection.send([
      { script: 'echo begun; sleep 30', onOutput: () => proxy.cut() },
      { script: 'echo x' },
    ])
    expect(await Promise.all(running.map(reasonOf))).toEqual(['connection-lost', 'connection-lost'])
    await proxy.close()
    expect(await reasonOf(connection.send([{ script: 'echo x' }])[0])).toBe('unreachable')
  })

  it('is made again when something new is to be sent', async () => {
    const proxy = keep(await startProxy(server.port))
    const connection = await connect(through(proxy, server))
    await runFrame(connection, ':')
    proxy.cut()
    // What is sent before the break is noticed may have run, and is lost.
    const answer = () => runFrame(connection, 'echo again').then(({ stdout }) => stdout, String)
    await expect.poll(answer, { timeout: 30_000 }).toBe('again\n')
    expect(proxy.connections()).toBe(2)
  })

  it('ends every frame with a result or a HostError, wherever it is cut', async () => {
    const marks = `${server.folder}/marks`
    const frames = Array.from({ length: 6 }, (_, i) => ({ script: `echo ${i} >>${marks}; echo ${i}` }))
    let whole = 0
    for (let bytes = 0; whole < 2; bytes += 150) {
      const proxy = await startProxy(server.port)
      const connection = await connect(through(proxy, server))
      await runFrame(connection, ':')
      await rm(marks, { force: true })
      proxy.cutAfter(bytes)
      const sent = connection.send(frames)
      const outcomes = await Promise.all(sent.map(async (frame) => reasonOf(frame)))
      const ran = (await readFile(marks, 'utf8').catch(() => '')).split('\n').length - 1
      const done = outcomes.filter((outcome) => outcome === 'no error').length
      expect(outcomes.slice(done).every((outcome) => outcome === 'connection-lost')).toBe(true)
      expect(done).toBeLessThanOrEqual(ran)
      whole += ran === frames.length ? 1 : 0
      await connection.close()
      await proxy.close()
    }
  })

  it('fails transfers that were under way', async () => {
    const proxy = keep(await startProxy(server.port))
    const connection = await connect(through(proxy, server))
    await runFrame(connection, ':')
    proxy.cutAfter(3_000_000)
    expect(
      await reasonOf(connection.upload({ path: `${server.folder}/cut`, content: Buffer.alloc(20_000_000) })),
    ).toBe('connection-lost')
    await proxy.close()
    const second = keep(await startProxy(server.port))
    const download = (await connect(through(second, server))).download({ path: '/dev/zero' })
    const reading = reasonOf(bytesOf(download))
    setTimeout(() => second.cut(), 300)
    expect(await reading).toBe('connection-lost')
  })

  it('is noticed when the host falls silent', async () => {
    await connector.close()
    connector = createConnector({ env: {}, homeDirectory: '/nonexistent', keepaliveMs: 1000 })
    const proxy = keep(await startProxy(server.port))
    const connection = await connect(through(proxy, server))
    await runFrame(connection, ':')
    proxy.freeze()
    await expect(runFrame(connection, 'sleep 0.1')).rejects.toMatchObject({
      reason: 'connection-lost',
      message: 'The connection broke: the host stopped answering.',
    })
  })

  it('leaves no shell behind on the host', async () => {
    const proxy = keep(await startProxy(server.port))
    const connection = await connect(through(proxy, server))
    const { stdout } = await runFrame(connection, 'echo $$')
    proxy.cut()
    const gone = () =>
      readFile(`/proc/${stdout.trim()}/cmdline`, 'utf8').then(
        (text) => text === '',
        () => true,
      )
    await expect.poll(gone, { timeout: 30_000 }).toBe(true)
  })
})

describe('large transfers', () => {
  it('survive new keys in the middle', async () => {
    const server = keep(await startSshd({ config: ['RekeyLimit 1M'] }))
    const connection = await connect(server.address())
    const content = randomBytes(64 << 20)
    const path = `${server.folder}/big`
    const [, frames] = await Promise.all([
      connection.upload({ path, content }),
      Promise.all(Array.from({ length: 50 }, (_, i) => runFrame(connection, `echo ${i}`))),
    ])
    expect(frames.map(({ stdout }: FrameResult) => Number(stdout))).toEqual(frames.map((_, i) => i))
    expect((await bytesOf(connection.download({ path }))).equals(content)).toBe(true)
  })

  it('do not pile up in memory', async () => {
    const server = keep(await startSshd())
    const connection = await connect(server.address())
    let ahead = 0
    async function* content() {
      for (let i = 0; i < 200; i += 1) {
        ahead = i
        yield Buffer.alloc(1 << 20)
      }
    }
    // The reader stops after a while, and so must the writer.
    const { stdout, exit } = connection.stream({
      script: `head -c 1000000 >/dev/null; until [ -e ${server.folder}/go ]; do sleep 0.1; done; cat >/dev/null`,
      stdin: content(),
    })
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(ahead).toBeLessThan(20)
    await writeFile(`${server.folder}/go`, '')
    await bytesOf(stdout)
    expect((await exit).rc).toBe(0)
    expect(ahead).toBe(199)
  })

  it('wait for a reader that is slow', async () => {
    const server = keep(await startSshd())
    const connection = await connect(server.address())
    const before = connection.count.bytesReceived
    const iterator = connection.download({ path: '/dev/zero' })[Symbol.asyncIterator]()
    await iterator.next()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(connection.count.bytesReceived - before).toBeLessThan(20 << 20)
    expect((await runFrame(connection, 'echo meanwhile')).stdout).toBe('meanwhile\n')
    await iterator.return?.()
  })
})

describe.skipIf(!canMakeUsers)('login shells', () => {
  const noisy =
    'echo noise; echo noise >&2; trap "echo trapped" EXIT DEBUG; alias echo="echo aliased" export=false; set -o noclobber; LC_ALL=de_DE.UTF-8; umask 077; printf "no newline"\n'

  it.each([
    ['/bin/bash', '.bashrc', noisy],
    ['/bin/dash', '.profile', ''],
    ['/usr/bin/mksh', '.mkshrc', ''],
    ['/usr/bin/fish', '.config/fish/config.fish', 'echo noise; echo noise >&2; alias sh false\n'],
    ['/bin/tcsh', '.tcshrc', 'echo noise; alias sh false\n'],
    ['/bin/csh', '.cshrc', 'echo noise\n'],
  ])('%s may be noisy', async (shell, file, text) => {
    const server = keep(await startSshd({ config: ['SetEnv READS_LOGIN_FILES=1'] }))
    const user = await makeUser({ shell })
    try {
      await writeFile(`${user.home}/setup`, text)
      const path = `${user.home}/${file}`
      const { execFileSync } = await import('node:child_process')
      execFileSync('sh', [
        '-c',
        `mkdir -p "$(dirname ${path})"; cp ${user.home}/setup ${path}; chmod -R a+rX ${user.home}`,
      ])
      await user.allow('ALL=(ALL) ALL')
      const { Secret } = await import('#model/secret.ts')
      const connection = await connect(server.address({ user: user.name }))
      const as = { user: 'root', method: 'sudo', password: new Secret(user.password) } as const
      const results = await Promise.all(
        connection.send([
          { script: 'echo out; echo err >&2; umask; echo $LC_ALL' },
          { script: 'id -un', as },
        ]),
      )
      expect(results[0]).toMatchObject({ rc: 0, stdout: 'out\n0022\nC.UTF-8\n', stderr: 'err\n' })
      expect(results[1]).toMatchObject({ rc: 0, stdout: 'root\n', stderr: '' })
      const content = randomBytes(100_000)
      await connection.upload({ path: `${user.home}/up`, content, as })
      expect((await bytesOf(connection.download({ path: `${user.home}/up`, as }))).equals(content)).toBe(true)
      await connection.upload({ path: `${user.home}/mine`, content })
      expect((await bytesOf(connection.download({ path: `${user.home}/mine` }))).equals(content)).toBe(true)
      await connection.close()
    } finally {
      await user.remove()
    }
  })
})

describe('round trips', () => {
  it('are one for each send, whatever the number of frames', async () => {
    const server = keep(await startSshd())
    const proxy = keep(await startProxy(server.port, { delayMs: 10 }))
    const connection = await connect(through(proxy, server))
    await runFrame(connection, ':')
    const before = { turns: proxy.turns(), flights: connection.count.flights }
    for (let i = 0; i < 5; i += 1)
      await Promise.all(connection.send(Array.from({ length: 50 }, (_, n) => ({ script: `echo ${n}` }))))
    expect(connection.count.flights - before.flights).toBe(5)
    expect(proxy.turns() - before.turns).toBeLessThanOrEqual(6)
  })

  it('are few until the first answer', async () => {
    const server = keep(await startSshd())
    // A machine that stands still for a fifth of a second looks like a round trip more, hence the best of three.
    const counts: { connecting: number; first: number }[] = []
    for (let round = 0; round < 3; round += 1) {
      const proxy = keep(await startProxy(server.port, { delayMs: 100 }))
      const connection = await connect(through(proxy, server))
      const connecting = proxy.waits()
      await runFrame(connection, ':')
      counts.push({ connecting, first: proxy.waits() - connecting })
    }
    expect(Math.min(...counts.map(({ connecting }) => connecting))).toBe(2)
    expect(Math.min(...counts.map(({ first }) => first))).toBe(2)
  })
})
