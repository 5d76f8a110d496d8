import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  hashedName,
  judgeHostKey,
  knownHostName,
  namesHost,
  parseKnownHosts,
} from '#transport/known-hosts.ts'

const key = (text: string) => Buffer.from(`\0\0\0\x0bssh-ed25519${text}`, 'latin1')
const base64 = (text: string) => key(text).toString('base64')

describe('a line of known_hosts', () => {
  it.each([
    ['web1', 'web1', true],
    ['web1', 'web2', false],
    ['WEB1,10.0.0.1', 'web1', true],
    ['WEB1,10.0.0.1', '10.0.0.1', true],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'example.com', false],
    ['web?', 'web1', true],
    ['web?', 'web10', false],
    ['*.example.com,!bad.example.com', 'bad.example.com', false],
    ['!bad.example.com,*.example.com', 'bad.example.com', false],
    ['!bad.example.com,*.example.com', 'good.example.com', true],
    ['[web1]:2222', '[web1]:2222', true],
    ['[web1]:2222', 'web1', false],
    ['[*.example.com]:2222', '[a.example.com]:2222', true],
    ['a.b', 'aXb', false],
  ])('%j names %j: %s', (hosts, name, fits) => {
    expect(namesHost(hosts, name)).toBe(fits)
  })

  it('may hide its name', () => {
    const hosts = hashedName('[web1]:2222', Buffer.alloc(20, 7))
    expect(namesHost(hosts, '[web1]:2222')).toBe(true)
    expect(namesHost(hosts, 'web1')).toBe(false)
    expect(hosts).toBe(
      `|1|${Buffer.alloc(20, 7).toString('base64')}|${createHmac('sha1', Buffer.alloc(20, 7)).update('[web1]:2222').digest('base64')}`,
    )
  })

  it('is passed over when it cannot be understood', () => {
    const text = `# comment\n\nweb1 ssh-ed25519 ${base64('a')} a comment\nbroken\n@odd web1 ssh-ed25519 ${base64('a')}\n@revoked * ssh-ed25519 ${base64('b')}\n`
    expect(parseKnownHosts(text, '/k').map(({ line, marker, hosts }) => [line, marker, hosts])).toEqual([
      [3, undefined, 'web1'],
      [6, 'revoked', '*'],
    ])
  })
})

describe('the verdict on a host key', () => {
  const judge = (text: string, shown: string, { host = 'web1', port = 22, type = 'ssh-ed25519' } = {}) =>
    judgeHostKey(parseKnownHosts(text, '/k'), {
      name: knownHostName(host, port),
      bareName: host,
      type,
      key: key(shown),
    })

  it.each([
    ['known', `web1 ssh-ed25519 ${base64('a')}`, 22],
    ['unknown', `web2 ssh-ed25519 ${base64('a')}`, 22],
    ['changed', `web1 ssh-ed25519 ${base64('b')}`, 22],
    ['changed', `web1 ssh-rsa ${base64('b')}`, 22],
    ['known', `web1 ssh-rsa ${base64('b')}\nweb1 ssh-ed25519 ${base64('a')}`, 22],
    ['known', `web1 ssh-ed25519 ${base64('b')}\nweb1 ssh-ed25519 ${base64('a')}`, 22],
    ['known', `[web1]:2222 ssh-ed25519 ${base64('a')}`, 2222],
    ['known', `web1 ssh-ed25519 ${base64('a')}`, 2222],
    ['unknown', `web1 ssh-ed25519 ${base64('b')}`, 2222],
    ['revoked', `@revoked web1 ssh-ed25519 ${base64('a')}\nweb1 ssh-ed25519 ${base64('a')}`, 22],
    ['revoked', `@revoked * ssh-ed25519 ${base64('a')}`, 22],
    ['known', `@revoked web1 ssh-ed25519 ${base64('b')}\nweb1 ssh-ed25519 ${base64('a')}`, 22],
    ['unknown', `@cert-authority *1 ssh-ed25519 ${base64('a')}`, 22],
  ])('is %s for %j (port %d)', (kind, text, port) => {
    expect(judge(text, 'a', { port }).kind).toBe(kind)
  })

  it('tells of an authority that vouches for the host', () => {
    expect(judge(`@cert-authority web* ssh-ed25519 ${base64('ca')}`, 'a')).toMatchObject({
      authority: { line: 1 },
    })
  })
})
