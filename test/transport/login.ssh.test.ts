import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '#model/secret.ts'
import type { HostAddress } from '#model/transport.ts'
import { type Connector, type ConnectorOptions, createConnector } from '#transport/connect.ts'
import { runFrame } from '../conformance/transport.ts'
import { appears } from '../support/appears.ts'
import { freePort, makeKey, startSshd, type TestSshd } from '../support/sshd.ts'
import { canMakeUsers, makeUser, type TestUser } from '../support/users.ts'

let folder: string
let server: TestSshd
let connector: Connector
const warnings: string[] = []

const connectorWith = (options: Partial<ConnectorOptions> = {}) => {
  connector = createConnector({
    env: {},
    homeDirectory: folder,
    onWarning: (text) => warnings.push(text),
    ...options,
  })
  return connector
}
const login = (address: HostAddress, options: Partial<ConnectorOptions> = {}) =>
  connectorWith(options).connect(address, new AbortController().signal)
/** Logs in and asks who it is. */
const whoAmI = async (address: HostAddress, options: Partial<ConnectorOptions> = {}) =>
  (await runFrame(await login(address, options), 'id -un')).stdout.trim()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsplay-login-'))
  server = await startSshd({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] })
})
afterEach(() => connector?.close())
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('host keys', () => {
  const knownHosts = async (text: string) => {
    const path = join(folder, `known_hosts_${Math.random()}`)
    await writeFile(path, text)
    return path
  }
  const hostKey = async (type: string) =>
    (await readFile(join(server.folder, `host_${type}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ')
  const name = () => `[127.0.0.1]:${server.port}`
  const shown = (type: string) =>
    execFileSync('ssh-keygen', ['-lf', join(server.folder, `host_${type}.pub`)], { encoding: 'utf8' }).split(
      ' ',
    )[1] ?? ''
  const hashed = (text: string) => {
    const salt = Buffer.alloc(20, 3)
    return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(text).digest('base64')}`
  }

  it.each(['ed25519', 'ecdsa', 'rsa'])('are known by a line of type %s alone', async (type) => {
    const knownHostsFile = await knownHosts(`${name()} ${await hostKey(type)}\n`)
    expect(await whoAmI(server.address({ knownHostsFile }))).toBe('root')
  })

  it('are known by hashed names, patterns, lists and several lines', async () => {
    for (const hosts of [
      hashed(name()),
      `[127.0.0.*]:${server.port}`,
      `other,${name()}`,
      `[*]:${server.port},![10.*]:${server.port}`,
      '127.0.0.1',
    ]) {
      const knownHostsFile = await knownHosts(`# comment\n${hosts} ${await hostKey('ed25519')}\n`)
      expect(await whoAmI(server.address({ knownHostsFile }))).toBe('root')
      await connector.close()
    }
  })

  it('are refused when they are not known, with their fingerprint', async () => {
    const knownHostsFile = await knownHosts('')
    await expect(login(server.address({ knownHostsFile }))).rejects.toMatchObject({
      reason: 'host-key',
      message: expect.stringContaining(`is unknown: ssh-ed25519 ${shown('ed25519')}`),
      details: { remedy: expect.stringContaining('accept-new') },
    })
    expect(await readFile(knownHostsFile, 'utf8')).toBe('')
  })

  it('are refused when a pattern is negated', async () => {
    const knownHostsFile = await knownHosts(`[127.*]:${server.port},!${name()} ${await hostKey('ed25519')}\n`)
    await expect(login(server.address({ knownHostsFile }))).rejects.toMatchObject({ reason: 'host-key' })
  })

  it.each(['strict', 'accept-new'] as const)(
    'are refused when they have changed (%s), naming file and line',
    async (hostKeyChecking) => {
      const other = await readFile(`${await makeKey(join(folder, `other_${hostKeyChecking}`))}.pub`, 'utf8')
      const knownHostsFile = await knownHosts(`\n${name()} ${other}`)
      await expect(login(server.address({ knownHostsFile, hostKeyChecking }))).rejects.toMatchObject({
        reason: 'host-key',
        message: expect.stringMatching(
          new RegExp(
            `has changed: it shows ssh-ed25519 ${shown('ed25519').replaceAll(/[+/]/g, '.')}, but ${knownHostsFile}:2 has`,
          ),
        ),
      })
    },
  )

  it('are refused when they are revoked', async () => {
    const knownHostsFile = await knownHosts(
      `${name()} ${await hostKey('ed25519')}\n@revoked * ${await hostKey('ed25519')}\n`,
    )
    await expect(login(server.address({ knownHostsFile, hostKeyChecking: 'accept-new' }))).rejects.toThrow(
      /is revoked: .*:2/,
    )
  })

  it('are refused when only an authority vouches for them', async () => {
    const knownHostsFile = await knownHosts(`@cert-authority * ${await hostKey('ed25519')}\n`)
    await expect(login(server.address({ knownHostsFile }))).rejects.toThrow(/certificate authority only .*:1/)
  })

  it('are remembered with accept-new, once, in a file of our own', async () => {
    const knownHostsFile = join(folder, 'new', 'known_hosts')
    const address = server.address({ knownHostsFile, hostKeyChecking: 'accept-new' })
    connectorWith()
    await Promise.all([1, 2, 3].map(() => connector.connect(address, new AbortController().signal)))
    expect(await readFile(knownHostsFile, 'utf8')).toBe(`${name()} ${await hostKey('ed25519')}\n`)
    expect((await stat(knownHostsFile)).mode & 0o777).toBe(0o600)
    await connector.close()
    expect(await whoAmI({ ...address, hostKeyChecking: 'strict' })).toBe('root')
  })

  it('are remembered under a hidden name where names are hidden', async () => {
    const knownHostsFile = await knownHosts(`${hashed('other')} ${await hostKey('rsa')}`)
    expect(await whoAmI(server.address({ knownHostsFile, hostKeyChecking: 'accept-new' }))).toBe('root')
    const lines = (await readFile(knownHostsFile, 'utf8')).split('\n')
    expect(lines[1]).toMatch(/^\|1\|/)
    expect(execFileSync('ssh-keygen', ['-F', name(), '-f', knownHostsFile], { encoding: 'utf8' })).toContain(
      'found: line 2',
    )
  })

  it('are not looked at when checking is off, which is said', async () => {
    warnings.length = 0
    expect(
      await whoAmI(server.address({ knownHostsFile: await knownHosts(''), hostKeyChecking: 'off' })),
    ).toBe('root')
    expect(warnings).toEqual([expect.stringContaining('not verified')])
  })

  it('are looked up by HostKeyAlias and in all files of ssh_config', async () => {
    const first = await knownHosts('')
    const second = await knownHosts(`the-alias ${await hostKey('ed25519')}\n`)
    const sshConfigFile = join(folder, 'alias_config')
    await writeFile(
      sshConfigFile,
      `Host web\n  HostName 127.0.0.1\n  Port ${server.port}\n  User root\n  HostKeyAlias the-alias\n  UserKnownHostsFile ${first} ${second}\n  IdentityFile ${server.keyFile}\n`,
    )
    const address: HostAddress = {
      host: 'web',
      connection: 'ssh',
      address: 'web',
      sshConfigFile,
      connectTimeoutMs: 5000,
      retries: 0,
    }
    expect(await whoAmI(address, { env: process.env })).toBe('root')
  })
})

describe('logging in', () => {
  let agent: { process: ChildProcess; socket: string }
  beforeAll(async () => {
    const socket = join(folder, 'agent')
    agent = { process: spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }), socket }
    await appears(socket)
  })
  afterAll(() => agent.process.kill())

  const add = (key: string) =>
    execFileSync('ssh-add', ['-q', key], {
      env: { ...process.env, SSH_AUTH_SOCK: agent.socket },
      stdio: 'ignore',
    })
  const clear = () =>
    execFileSync('ssh-add', ['-q', '-D'], {
      env: { ...process.env, SSH_AUTH_SOCK: agent.socket },
      stdio: 'ignore',
    })
  const withoutKey = (overrides: Partial<HostAddress> = {}): HostAddress => {
    const { privateKeyFile: _, ...rest } = server.address(overrides)
    return rest
  }
  const withAgent = () => ({ env: { SSH_AUTH_SOCK: agent.socket } })

  it.each(['ed25519', 'ecdsa', 'rsa'])('works with a key of type %s', async (type) => {
    const privateKeyFile = await makeKey(join(folder, `user_${type}`), { type })
    await server.authorize(await readFile(`${privateKeyFile}.pub`, 'utf8'))
    expect(await whoAmI(server.address({ privateKeyFile }))).toBe('root')
  })

  it('works with an encrypted key and its passphrase', async () => {
    const privateKeyFile = await makeKey(join(folder, 'locked'), { passphrase: 'open sesame' })
    await server.authorize(await readFile(`${privateKeyFile}.pub`, 'utf8'))
    expect(
      await whoAmI(server.address({ privateKeyFile, privateKeyPassphrase: new Secret('open sesame') })),
    ).toBe('root')
    await connector.close()
    await expect(login(server.address({ privateKeyFile }))).rejects.toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining('it needs a passphrase, and none was given'),
      details: { remedy: expect.stringContaining('ssh_private_key_passphrase') },
    })
    await connector.close()
    await expect(
      login(server.address({ privateKeyFile, privateKeyPassphrase: new Secret('wrong') })),
    ).rejects.toThrow(/passphrase given is not the right one/)
    await connector.close()
    clear()
    execFileSync(
      'sh',
      ['-c', `SSH_ASKPASS_REQUIRE=force SSH_ASKPASS='${folder}/askpass' ssh-add -q '${privateKeyFile}'`],
      {
        env: { ...process.env, SSH_AUTH_SOCK: agent.socket, ...(await askPass('open sesame')) },
        stdio: 'ignore',
      },
    )
    expect(await whoAmI(server.address({ privateKeyFile }), withAgent())).toBe('root')
  })

  const askPass = async (text: string) => {
    await writeFile(join(folder, 'askpass'), `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 })
    return { DISPLAY: ':0' }
  }

  it('works with an agent, past keys that do not fit', async () => {
    clear()
    for (const name of ['a', 'b', 'c']) add(await makeKey(join(folder, `agent_${name}`)))
    add(server.keyFile)
    expect(await whoAmI(withoutKey(), withAgent())).toBe('root')
  })

  it('shows only configured keys with IdentitiesOnly', async () => {
    clear()
    for (const name of ['d', 'e', 'f', 'g', 'h', 'i', 'j']) add(await makeKey(join(folder, `agent_${name}`)))
    add(server.keyFile)
    const sshConfigFile = join(folder, 'only_config')
    await writeFile(sshConfigFile, `IdentitiesOnly yes\nIdentityFile ${server.keyFile}\n`)
    expect(
      await whoAmI(withoutKey({ sshConfigFile }), { env: { ...process.env, SSH_AUTH_SOCK: agent.socket } }),
    ).toBe('root')
    const log = server.log()
    expect(log.split('Accepted publickey').at(-2)).not.toMatch(/Failed publickey/)
  })

  it('takes the default key files of the home folder', async () => {
    const home = join(folder, 'home')
    execFileSync('mkdir', ['-p', join(home, '.ssh')])
    await writeFile(join(home, '.ssh', 'id_ecdsa'), await readFile(server.keyFile), { mode: 0o600 })
    expect(await whoAmI(withoutKey(), { homeDirectory: home })).toBe('root')
  })

  it('says what was tried, what the server takes and what could not be used', async () => {
    const privateKeyFile = await makeKey(join(folder, 'stranger'))
    await expect(login(server.address({ privateKeyFile }))).rejects.toMatchObject({
      reason: 'authentication',
      message: expect.stringMatching(
        /test-host \(root@127\.0\.0\.1 port \d+\) refused key .*stranger\. The server takes publickey\./,
      ),
    })
    await connector.close()
    await expect(login(withoutKey())).rejects.toThrow(/no key and no password is at hand/)
    await connector.close()
    await expect(login(server.address({ privateKeyFile: '/nonexistent/key' }))).rejects.toThrow(
      /\/nonexistent\/key: there is no such file/,
    )
  })

  it('names keys on security tokens and certificates it cannot use', async () => {
    const certified = await makeKey(join(folder, 'certified'))
    execFileSync('ssh-keygen', ['-q', '-s', server.keyFile, '-I', 'id', '-n', 'root', `${certified}.pub`], {
      stdio: 'ignore',
    })
    clear()
    add(certified)
    await expect(login(withoutKey(), withAgent())).rejects.toThrow(/certificates are not supported/)
  })

  it('survives an agent that is not there', async () => {
    expect(await whoAmI(server.address(), { env: { SSH_AUTH_SOCK: '/nonexistent/agent' } })).toBe('root')
  })

  it('offers first what worked before', async () => {
    clear()
    for (const name of ['k', 'l', 'm']) add(await makeKey(join(folder, `agent_${name}`)))
    add(server.keyFile)
    connectorWith(withAgent())
    const signal = new AbortController().signal
    await (await connector.connect(withoutKey(), signal)).close()
    const before = server.log()
    await connector.connect(withoutKey(), signal)
    const after = server.log().slice(before.length)
    expect(after).toContain('Accepted publickey')
    expect(after).not.toMatch(/Failed publickey/)
  })
})

describe.skipIf(!canMakeUsers)('logging in with a password', () => {
  let user: TestUser
  let withPassword: TestSshd
  let withQuestions: TestSshd
  beforeAll(async () => {
    user = await makeUser()
    withPassword = await startSshd({ config: ['PasswordAuthentication yes', 'UsePAM yes'] })
    withQuestions = await startSshd({
      config: [
        'KbdInteractiveAuthentication yes',
        'UsePAM yes',
        'AuthenticationMethods keyboard-interactive publickey',
      ],
    })
  })
  afterAll(async () => {
    await withPassword?.stop()
    await withQuestions?.stop()
    await user?.remove()
  })
  const address = (sshd: TestSshd, password: string): HostAddress => {
    const { privateKeyFile: _, ...rest } = sshd.address({ user: user.name, password: new Secret(password) })
    return rest
  }

  it('works', async () => {
    expect(await whoAmI(address(withPassword, user.password))).toBe(user.name)
  })

  it('works where PAM asks questions', async () => {
    expect(await whoAmI(address(withQuestions, user.password))).toBe(user.name)
  })

  it('says that it is refused, without showing it', async () => {
    const error: unknown = await login(address(withPassword, 'wrong-secret')).catch(
      (caught: unknown) => caught,
    )
    expect(error).toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining('refused password'),
    })
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('wrong-secret')
  })
})

describe('a host that cannot be reached', () => {
  const unreachable = (overrides: Partial<HostAddress>) => expect(login(server.address(overrides))).rejects

  it('is named with address, port, user and cause', async () => {
    const port = await freePort()
    await unreachable({ port }).toMatchObject({
      reason: 'unreachable',
      message: `test-host (root@127.0.0.1 port ${port}) cannot be reached: the connection was refused: nothing listens on that port.`,
    })
  })

  it('may have a name that is not known', async () => {
    await unreachable({ address: 'no-such-host.invalid' }).toThrow(
      /its name (is not known|could not be looked up)/,
    )
  })

  it('may not answer', async () => {
    const { createServer } = await import('node:net')
    const silent = createServer(() => undefined)
    const port = await freePort()
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve))
    await unreachable({ port, connectTimeoutMs: 300 }).toThrow(/took too long to begin a session/)
    silent.close()
  })

  it('may speak another protocol', async () => {
    const { createServer } = await import('node:http')
    const http = createServer((_, response) => response.end())
    const port = await freePort()
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
    await unreachable({ port, connectTimeoutMs: 1000 }).toMatchObject({ reason: 'unreachable' })
    http.closeAllConnections()
    http.close()
  })

  it.each([
    ['KexAlgorithms sntrup761x25519-sha512@openssh.com', /no key exchange algorithm/],
    ['Ciphers aes256-cbc', /no .*cipher/i],
  ])('may share no algorithm: %s', async (line, text) => {
    const odd = await startSshd({ config: [line] })
    await expect(login(odd.address())).rejects.toThrow(text)
    await odd.stop()
  })

  it('may have a login shell that runs nothing', async () => {
    if (!canMakeUsers) return
    const user = await makeUser({ shell: '/usr/sbin/nologin' })
    const connection = await login(server.address({ user: user.name }))
    await expect(runFrame(connection, 'id')).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('currently not available'),
    })
    await connector.close()
    await user.remove()
  })
})
