import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostAddress } from '#model/transport.ts'
import { SshConfig } from '#transport/ssh-config.ts'
import { concernsHost, configLines } from '#transport/ssh-config-files.ts'
import { parseJump, resolveHops } from '#transport/ssh-hops.ts'
import { expandTokens, parseSshG } from '#transport/ssh-options.ts'

describe('the words of ssh_config', () => {
  it('are read from what ssh -G prints', () => {
    const options = parseSshG('user deploy\nidentityfile ~/.ssh/a\nidentityfile ~/.ssh/b c\n')
    expect(options.get('user')).toEqual(['deploy'])
    expect(options.get('identityfile')).toEqual(['~/.ssh/a', '~/.ssh/b c'])
  })

  it.each([
    ['~/.ssh/%n-%r@%h:%p', '/home/me/.ssh/web-root@10.0.0.1:22'],
    ['%d/%u/100%%', '/home/me/joe/100%'],
    ['${DIR}/${NONE}', '/env/${NONE}'],
    ['a~b %z', 'a~b %z'],
  ])('may hold tokens: %j', (text, expanded) => {
    const tokens = {
      home: '/home/me',
      env: { DIR: '/env' },
      alias: 'web',
      hostname: '10.0.0.1',
      port: 22,
      user: 'root',
      localUser: 'joe',
    }
    expect(expandTokens(text, tokens)).toBe(expanded)
  })

  it.each([
    ['web', { alias: 'web' }],
    ['root@web', { alias: 'web', user: 'root' }],
    ['a@b@web:2222', { alias: 'web', user: 'a@b', port: 2222 }],
    ['[fe80::1]:22', { alias: 'fe80::1', port: 22 }],
    ['ssh://joe@web:2222', { alias: 'web', user: 'joe', port: 2222 }],
  ])('may name a jump: %j', (text, jump) => {
    expect(parseJump(text)).toEqual(jump)
  })

  it.each(['', 'a:b:c', ':22'])('does not take %j for a jump', (text) => {
    expect(() => parseJump(text)).toThrow(/does not name a jump host/)
  })
})

describe('ssh_config', () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tsplay-home-'))
    await mkdir(join(home, '.ssh', 'conf.d'), { recursive: true })
    await writeFile(
      join(home, '.ssh', 'config'),
      'Include conf.d/*.conf\nHost inner\n  HostName 10.9.8.7\n  ProxyJump bastion\nHost bastion\n  User jumper\n  Port 2200\nHost loop\n  ProxyJump loop\n',
    )
    await writeFile(
      join(home, '.ssh', 'conf.d', 'a.conf'),
      'Host web-*\n  User = deploy\n  IdentityFile ~/.ssh/%n_key\n  StrictHostKeyChecking accept-new\n  UserKnownHostsFile ~/.ssh/kh1 ~/.ssh/kh2\n',
    )
    await writeFile(
      join(home, 'harmless'),
      '# nothing\nInclude none/*\nHost *\n  SendEnv LANG\n  HashKnownHosts yes\n  GSSAPIAuthentication yes\n',
    )
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  const address = (name: string, more: Partial<HostAddress> = {}): HostAddress => ({
    host: name,
    connection: 'ssh',
    address: name,
    connectTimeoutMs: 1000,
    retries: 0,
    ...more,
  })
  const hops = (name: string, more: Partial<HostAddress> = {}, env = process.env) =>
    resolveHops(address(name, more), {
      config: new SshConfig({ home, env, systemFile: '/nonexistent' }),
      home,
      env: {},
    })

  it('concerns a host only when it says something tsplay follows', async () => {
    expect(concernsHost(await configLines(join(home, 'harmless'), { home }), 'web')).toBe(false)
    const lines = await configLines(join(home, '.ssh', 'config'), { home })
    expect(['web-1', 'inner', 'other'].map((name) => concernsHost(lines, name))).toEqual([true, true, false])
  })

  it.each(['with the library', 'with OpenSSH'])('is followed %s', async (way) => {
    // OpenSSH looks for the user's home in /etc/passwd, so it is told the file.
    const sshConfigFile = join(home, '.ssh', 'config')
    const env = way === 'with OpenSSH' ? process.env : { PATH: '/nonexistent' }
    if (way === 'with OpenSSH')
      await writeFile(
        sshConfigFile,
        `Include ${home}/.ssh/conf.d/*.conf\nHost inner\n  HostName 10.9.8.7\n  ProxyJump bastion\nHost bastion\n  User jumper\n  Port 2200\nHost loop\n  ProxyJump loop\n`,
      )
    const [web] = await hops('web-1', { sshConfigFile }, env)
    expect(web).toMatchObject({
      user: 'deploy',
      hostKeyChecking: 'accept-new',
      identityFiles: [`${home}/.ssh/web-1_key`],
    })
    const expanded = way === 'with OpenSSH' ? userInfo().homedir : home
    expect(web?.knownHostsFiles.slice(0, 2)).toEqual([`${expanded}/.ssh/kh1`, `${expanded}/.ssh/kh2`])
    const chain = await hops('inner', { sshConfigFile, user: 'me' }, env)
    expect(chain.map(({ user, hostname, port }) => `${user}@${hostname}:${port}`)).toEqual([
      'jumper@bastion:2200',
      'me@10.9.8.7:22',
    ])
    await expect(hops('loop', { sshConfigFile }, env)).rejects.toThrow(
      /lead in a circle|jumphost loop via loop/,
    )
  })

  it('gives way to what is said of the host itself', async () => {
    const [only] = await hops('inner', {
      jump: 'none',
      user: 'root',
      port: 1,
      hostKeyChecking: 'off',
      knownHostsFile: '/k',
      privateKeyFile: '/key',
    })
    expect(only).toMatchObject({
      user: 'root',
      port: 1,
      hostname: '10.9.8.7',
      hostKeyChecking: 'off',
      privateKeyFile: '/key',
    })
    expect(only?.knownHostsFiles[0]).toBe('/k')
  })

  it('keeps a host password from the jumps', async () => {
    const { Secret } = await import('#model/secret.ts')
    const chain = await hops('inner', { password: new Secret('x') })
    expect(chain.map(({ password }) => password !== undefined)).toEqual([false, true])
  })

  it('leaves OpenSSH defaults where nothing is said', async () => {
    const [hop] = await hops('other')
    expect(hop).toMatchObject({ port: 22, hostKeyChecking: 'strict', identitiesOnly: false })
    expect(hop?.identityFiles).toEqual(
      ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => `${home}/.ssh/${name}`),
    )
  })
})
