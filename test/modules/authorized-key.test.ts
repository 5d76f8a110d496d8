import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import authorizedKey from '#modules/authorized-key.ts'
import user from '#modules/user.ts'
import { mergeKeys, parseAuthorizedKey } from '#sdk/authorized-keys.ts'
import { fieldsOf, isRoot, withBench } from '../support/with-bench.ts'

const ada = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA ada@laptop'
const bob = 'ssh-rsa AAAAB3NzaC1yc2EAAAABB bob'

describe('authorized keys', () => {
  it.each([
    [ada, { options: '', type: 'ssh-ed25519', blob: 'AAAAC3NzaC1lZDI1NTE5AAAAIA', comment: 'ada@laptop' }],
    [
      'from="10.0.0.*, x",no-pty sk-ssh-ed25519@openssh.com AAAA',
      { options: 'from="10.0.0.*, x",no-pty', comment: '' },
    ],
    [
      'command="echo \\"a b\\"" ecdsa-sha2-nistp256 AAAA a b c',
      { options: 'command="echo \\"a b\\""', comment: 'a b c' },
    ],
  ])('reads %s', (line, expected) => {
    expect(parseAuthorizedKey(line)).toMatchObject(expected)
  })

  it.each(['', '# comment', 'nonsense', 'a b ssh-rsa AAAA'])('takes %j for no key', (line) => {
    expect(parseAuthorizedKey(line)).toBeUndefined()
  })

  const keys = [ada].flatMap((line) => parseAuthorizedKey(line) ?? [])
  it.each([
    ['adds a key', `# mine\n${bob}\n`, {}, `# mine\n${bob}\n${ada}\n`],
    ['leaves a key alone that is there', `${ada}\n${bob}\n`, {}, `${ada}\n${bob}\n`],
    ['brings comment and options up to date', `no-pty ${ada} old\n`, {}, `${ada}\n`],
    ['drops copies', `${ada}\n${ada}\n`, {}, `${ada}\n`],
    ['removes others but no comments', `# mine\n${bob}\n${ada}\n`, { exclusive: true }, `# mine\n${ada}\n`],
    ['removes a key', `${bob}\n${ada}\n`, { state: 'absent' as const }, `${bob}\n`],
    ['ends the last line', bob, {}, `${bob}\n${ada}\n`],
  ])('%s', (_title, before, wish, after) => {
    const merged = mergeKeys(before, { keys, state: 'present', exclusive: false, ...wish })
    expect(merged).toBe(after)
    expect(mergeKeys(after, { keys, state: 'present', exclusive: false, ...wish })).toBe(after)
  })
})

describe.skipIf(!isRoot)('authorized_key', () => {
  const name = `tsplay-t-keys-${process.pid}`
  const bench = withBench((open) => open.run(user, { name, state: 'absent', remove: true }))
  const file = (): string => `${bench().folder}/home/.ssh/authorized_keys`

  it('makes folder and file as sshd wants them', async () => {
    await bench().run(user, { name, home: `${bench().folder}/home` })
    const outcome = await bench().converge(authorizedKey, {
      user: name,
      key: `${ada}\n\n${bob}\n`,
      key_options: 'no-pty',
    })
    expect(outcome.changes).toMatchObject([{ field: 'keys', before: 0, after: 2 }])
    expect(readFileSync(file(), 'utf8')).toBe(`no-pty ${ada}\nno-pty ${bob}\n`)
    const [folder, keys] = [statSync(`${bench().folder}/home/.ssh`), statSync(file())]
    expect([folder.mode & 0o777, keys.mode & 0o777]).toEqual([0o700, 0o600])
    expect([folder.uid, keys.uid]).toEqual(Array(2).fill(statSync(`${bench().folder}/home`).uid))
  })

  it('removes all others', async () => {
    await bench().converge(authorizedKey, { user: name, key: ada, exclusive: true })
    expect(readFileSync(file(), 'utf8')).toBe(`${ada}\n`)
    expect(
      fieldsOf(await bench().converge(authorizedKey, { user: name, key: bob, state: 'absent' })),
    ).toEqual([])
  })

  it.each([
    [{ user: name, key: 'ssh-nonsense' }, 'This is no SSH key: ssh-nonsense'],
    [{ user: 'tsplay-t-nosuch', key: ada }, 'The host has no user tsplay-t-nosuch.'],
    [{ user: name, key: '# nothing' }, '`key` holds no SSH key.'],
  ])('refuses %j', async (args, message) => {
    await expect(bench().run(authorizedKey, args)).rejects.toThrow(message)
  })
})
