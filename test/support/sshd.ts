import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HostAddress } from '#model/transport.ts'

const run = promisify(execFile)

export interface SshdOptions {
  /** Further lines of sshd_config; they come first, so they win. */
  readonly config?: readonly string[]
  /** Kinds of host key, best first. Default: ed25519. */
  readonly hostKeys?: readonly ('ed25519' | 'ecdsa' | 'rsa')[]
}

/** A real OpenSSH server on 127.0.0.1, with its own keys and one client key that may log in. */
export interface TestSshd {
  readonly port: number
  readonly folder: string
  /** A private key that is authorized for every user. */
  readonly keyFile: string
  /** Knows this server's host keys. */
  readonly knownHostsFile: string
  /** What a connection to it needs, as the user who runs the tests unless told otherwise. */
  address(overrides?: Partial<HostAddress>): HostAddress
  /** Authorizes one more public key. */
  authorize(publicKey: string): Promise<void>
  /** Lines that sshd has logged (LogLevel VERBOSE). */
  log(): string
  stop(): Promise<void>
}

/** Makes a key pair with ssh-keygen; gives the private file's path. */
export async function makeKey(
  path: string,
  options: { type?: string; passphrase?: string } = {},
): Promise<string> {
  const { type = 'ed25519', passphrase = '' } = options
  await run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', `test-${type}`, '-f', path])
  return path
}

export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-sshd-'))
  // Users other than root must be able to reach the authorized keys.
  await chmod(folder, 0o755)
  const hostKeys = options.hostKeys ?? ['ed25519']
  for (const type of hostKeys) await makeKey(join(folder, `host_${type}`), { type })
  const keyFile = await makeKey(join(folder, 'client_key'))
  const authorized = join(folder, 'authorized_keys')
  await writeFile(authorized, await readFile(`${keyFile}.pub`))
  const port = await freePort()
  await writeFile(
    join(folder, 'sshd_config'),
    configText({ folder, port, hostKeys, lines: options.config ?? [] }),
  )
  // sshd drops privileges into this folder; nothing else makes it where no systemd unit has run.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, SHLVL: '1' },
  })
  let log = ''
  server.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  await listening(server)
  const knownHostsFile = join(folder, 'known_hosts')
  await writeFile(knownHostsFile, await knownHosts(folder, hostKeys, port))
  return {
    port,
    folder,
    keyFile,
    knownHostsFile,
    address: (overrides = {}) => ({
      host: 'test-host',
      connection: 'ssh',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      privateKeyFile: keyFile,
      knownHostsFile,
      sshConfigFile: '/dev/null',
      connectTimeoutMs: 10_000,
      retries: 0,
      ...overrides,
    }),
    authorize: (publicKey) => appendFile(authorized, `${publicKey.trim()}\n`),
    log: () => log,
    stop: async () => {
      await stopped(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configText(parts: {
  folder: string
  port: number
  hostKeys: readonly string[]
  lines: readonly string[]
}): string {
  const { folder, port, hostKeys, lines } = parts
  return [
    ...lines,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((type) => `HostKey ${folder}/host_${type}`),
    `PidFile ${folder}/sshd.pid`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'LogLevel VERBOSE',
    'MaxStartups 100',
    // Makes bash leave out ~/.bashrc, which may be slow; a line given by the test wins.
    'SetEnv SHLVL=1',
    '',
  ].join('\n')
}

async function knownHosts(folder: string, types: readonly string[], port: number): Promise<string> {
  const lines = types.map(async (type) => {
    const [algorithm, key] = (await readFile(join(folder, `host_${type}.pub`), 'utf8')).split(' ')
    return `[127.0.0.1]:${port} ${algorithm} ${key}\n`
  })
  return (await Promise.all(lines)).join('')
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Server listening')) resolve()
    })
    server.once('exit', (code) => reject(new Error(`sshd ended with ${code}: ${said}`)))
  })
}

async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await exited
}
