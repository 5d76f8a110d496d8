import { writeFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { HostError } from '#model/host-error.ts'
import { Secret } from '#model/secret.ts'
import type { Become, Connection } from '#model/transport.ts'
import { createConnector } from '#transport/connect.ts'
import { bytesOf, reasonOf, runFrame } from '../conformance/transport.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'
import { canMakeUsers, makeUser, type TestUser } from '../support/users.ts'

const doasConf = '/etc/doas.conf'

describe.skipIf(!canMakeUsers)('becoming another user', () => {
  let server: TestSshd
  let user: TestUser
  let other: TestUser
  let connection: Connection
  const connector = createConnector({ env: {}, homeDirectory: '/nonexistent' })

  beforeAll(async () => {
    server = await startSshd()
    user = await makeUser()
    other = await makeUser()
  })
  afterAll(async () => {
    await connector.close()
    await server?.stop()
    await user?.remove()
    await other?.remove()
    await rm(doasConf, { force: true })
  })
  afterEach(() => connection?.close())

  const connect = async () => {
    connection = await connector.connect(server.address({ user: user.name }), new AbortController().signal)
    return connection
  }
  const sudo = (overrides: Partial<Become> = {}): Become => ({ user: 'root', method: 'sudo', ...overrides })
  const password = () => new Secret(user.password)

  const behaves = async (become: Become, name = become.user) => {
    const host = await connect()
    const results = await Promise.all(
      host.send([
        { script: 'id -un; echo err >&2; exit 4', as: become },
        { script: 'id -un' },
        { script: 'cat; echo "$A"; umask', as: become, env: { A: 'secret value' } },
        { script: 'if then (', as: become },
        { script: 'printf "\\001\\377\\r\\n"; printf "\\376" >&2', as: become, binary: true },
      ]),
    )
    expect(results[0]).toEqual({ rc: 4, stdout: `${name}\n`, stderr: 'err\n', truncated: false })
    expect(results[1]?.stdout).toBe(`${user.name}\n`)
    expect(results[2]?.stdout).toBe('secret value\n0022\n')
    expect(results[3]?.rc).toBe(2)
    expect(results[4]).toMatchObject({ stdout: '\x01\xff\r\n', stderr: '\xfe' })
    return host
  }

  const movesFiles = async (host: Connection, become: Become) => {
    const path = `/tmp/tsplay-become-${process.pid}`
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 256))
    await host.upload({ path, content, as: become })
    expect((await runFrame(host, { script: `stat -c '%U %a' ${path}`, as: become })).stdout).toBe(
      `${become.user} 600\n`,
    )
    expect((await bytesOf(host.download({ path, as: become }))).equals(content)).toBe(true)
    async function* stdin() {
      yield content
    }
    const { stdout, exit } = host.stream({ script: 'cat; echo told >&2; exit 5', as: become, stdin: stdin() })
    expect((await bytesOf(stdout)).equals(content)).toBe(true)
    expect(await exit).toMatchObject({ rc: 5, stderr: expect.stringContaining('told') })
    expect(await reasonOf(bytesOf(host.download({ path: '/nonexistent', as: become })))).toBe(
      'command-failed',
    )
    await runFrame(host, { script: `rm ${path}`, as: become })
  }

  it('works with sudo that asks for no password', async () => {
    await user.allow('ALL=(ALL) NOPASSWD: ALL')
    await movesFiles(await behaves(sudo()), sudo())
  })

  it('works with sudo that asks for one', async () => {
    await user.allow('ALL=(ALL) ALL')
    const become = sudo({ password: password() })
    await movesFiles(await behaves(become), become)
  })

  it('never lets a password that was not asked for reach a shell', async () => {
    await user.allow('ALL=(ALL) NOPASSWD: ALL')
    const become = sudo({ password: password() })
    await movesFiles(await behaves(become), become)
  })

  it('becomes an ordinary user', async () => {
    await user.allow('ALL=(ALL) ALL')
    const become = sudo({ user: other.name, password: password() })
    const host = await behaves(become)
    expect((await runFrame(host, { script: 'pwd; echo $HOME', as: become })).stdout).toBe(
      `${other.home}\n${other.home}\n`,
    )
    await movesFiles(host, become)
  })

  it.each(['Defaults use_pty', 'Defaults requiretty', 'Defaults use_pty,requiretty'])(
    'works with %s',
    async (defaults) => {
      await user.allow(defaults, 'ALL=(ALL) ALL')
      const become = sudo({ password: password() })
      await movesFiles(await behaves(become), become)
      await user.allow(defaults, 'ALL=(ALL) NOPASSWD: ALL')
      await movesFiles(await behaves(sudo()), sudo())
    },
  )

  it('ends a frame of the other user that takes too long', async () => {
    await user.allow('ALL=(ALL) ALL')
    const as = sudo({ password: password() })
    const host = await connect()
    const [slow, next] = host.send([
      { script: 'sleep 64.25', as, timeoutMs: 300 },
      { script: 'echo next', as },
    ])
    expect(await reasonOf(slow)).toBe('timeout')
    expect((await next)?.stdout).toBe('next\n')
  })

  it('keeps the password out of every command line and environment', async () => {
    await user.allow('ALL=(ALL) ALL')
    const as = sudo({ password: password() })
    const host = await connect()
    const script = 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"'
    const { stdout } = await runFrame(host, { script, as, binary: true })
    expect(stdout).toContain('sudo')
    expect(stdout).not.toContain(user.password.slice(0, 12))
  })

  const failsWith = async (as: Become, text: RegExp) => {
    const host = await connect()
    const [frame, second] = host.send([
      { script: 'touch /tmp/must-not-exist', as },
      { script: 'id', as },
    ])
    await expect(frame).rejects.toThrow(text)
    expect(await reasonOf(second)).toBe('become')
    expect(await reasonOf(host.upload({ path: '/tmp/must-not-exist', content: Buffer.from('x'), as }))).toBe(
      'become',
    )
    expect((await runFrame(host, 'ls /tmp/must-not-exist')).rc).not.toBe(0)
    expect((await runFrame(host, 'id -un')).stdout).toBe(`${user.name}\n`)
  }

  it('says that the password is wrong', async () => {
    await user.allow('ALL=(ALL) ALL')
    await failsWith(sudo({ password: new Secret('wrong') }), /sudo refused the password for root/)
  })

  it('says that the password is wrong behind a terminal', async () => {
    await user.allow('Defaults requiretty', 'ALL=(ALL) ALL')
    await failsWith(sudo({ password: new Secret('wrong') }), /sudo refused the password for root/)
  })

  it('says that a password is wanted', async () => {
    await user.allow('ALL=(ALL) ALL')
    await failsWith(sudo(), /sudo wants a password to become root/)
  })

  it('says that a shell is not allowed', async () => {
    await user.allow('ALL=(ALL) NOPASSWD: /usr/bin/id')
    await failsWith(sudo({ password: password() }), /sudo does not let this user run a shell as root/)
  })

  it('says that the user may not use sudo at all', async () => {
    await user.allow()
    await failsWith(sudo({ password: password() }), /sudo does not let this user run a shell as root/)
  })

  it('says that the other user is not known', async () => {
    await user.allow('ALL=(ALL) NOPASSWD: ALL')
    await failsWith(sudo({ user: 'nobody-knows' }), /no user nobody-knows/)
  })

  it('says that the program is missing', async () => {
    await failsWith(sudo({ executable: '/opt/bin/sudo' }), /\/opt\/bin\/sudo is not installed/)
  })

  it('takes flags', async () => {
    await user.allow('ALL=(ALL) NOPASSWD: ALL')
    const host = await connect()
    const { stdout } = await runFrame(host, {
      script: 'echo $HOME',
      as: sudo({ user: other.name, flags: '-H -i' }),
    })
    expect(stdout).toBe(`${other.home}\n`)
  })

  it('works with su', async () => {
    const become: Become = { user: other.name, method: 'su', password: new Secret(other.password) }
    await movesFiles(await behaves(become), become)
    await failsWith({ ...become, password: new Secret('wrong') }, /su refused the password for/)
    await failsWith({ user: other.name, method: 'su' }, /su wants a password to become/)
  })

  it('works with doas that asks for no password', async () => {
    writeFileSync(doasConf, `permit nopass ${user.name}\n`, { mode: 0o600 })
    const become: Become = { user: 'root', method: 'doas' }
    await movesFiles(await behaves(become), become)
  })

  it('works with doas that asks for one', async () => {
    await writeFile(doasConf, `permit ${user.name}\n`, { mode: 0o600 })
    const become: Become = { user: 'root', method: 'doas', password: password() }
    await movesFiles(await behaves(become), become)
    await failsWith({ ...become, password: new Secret('wrong') }, /doas refused the password for root/)
    await failsWith({ user: 'root', method: 'doas' }, /doas wants a password/)
    await writeFile(doasConf, `permit ${other.name}\n`, { mode: 0o600 })
    await failsWith({ user: 'root', method: 'doas' }, /doas does not let this user/)
  })

  it('never logs a password', async () => {
    await user.allow('ALL=(ALL) ALL')
    const as = sudo({ password: new Secret('wrong-secret-word') })
    const host = await connect()
    const error = await runFrame(host, { script: 'id', as }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(HostError)
    expect(JSON.stringify(error) + String((error as HostError).stack)).not.toContain('wrong-secret-word')
    expect(server.log()).not.toContain('wrong-secret-word')
    expect(await readFile('/var/log/auth.log', 'utf8').catch(() => '')).not.toContain('wrong-secret-word')
  })
})
