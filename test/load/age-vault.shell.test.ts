import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newIdentityFile, openAge, recipientCount, sealAge, sealingOf } from '#load/age-file.ts'
import { isAge } from '#load/age-format.ts'
import { ageVault } from '#load/age-vault.ts'
import { loadProject } from '#load/load-project.ts'
import { VaultPasswords } from '#load/vault-passwords.ts'
import { hostLayers } from '#model/host-layers.ts'
import { Secret } from '#model/secret.ts'
import { noLookup } from '../support/no-lookup.ts'
import { scratchFolder } from '../support/scratch-folder.ts'
import { writeFiles } from '../support/write-files.ts'

const password = (text: string) => ({ label: 'default', source: 'test', bytes: Buffer.from(text) })
const first = await newIdentityFile(new Date(0))
const second = await newIdentityFile(new Date(0))
const plain = async (sealed: string, ...keys: string[]) => {
  const opened = await openAge(sealed, keys.map(password))
  return 'bytes' in opened ? opened.bytes.toString() : opened.problem
}

describe('with an identity', () => {
  test('any bytes come back', async () => {
    const sealing = await sealingOf(password(first.text))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const opened = await openAge(await sealAge(bytes, sealing), [password(first.text)])
        expect('bytes' in opened && [...opened.bytes]).toEqual([...bytes])
      }),
      { numRuns: 10 },
    )
  })

  test('each of several recipients can read, and nobody else', async () => {
    const sealed = await sealAge(Buffer.from('text'), { recipients: [first.recipient, second.recipient] })
    const third = await newIdentityFile(new Date(0))
    expect(recipientCount(sealed)).toBe(2)
    expect(await plain(sealed, first.text)).toBe('text')
    expect(await plain(sealed, third.text, second.text)).toBe('text')
    expect(await plain(sealed, third.text)).toMatch(/^None of the passwords and identities fits/)
  })
})

describe('with a passphrase', () => {
  test('the right one opens, a wrong one does not, and no message holds it', async () => {
    const sealed = await sealAge(Buffer.from('text'), await sealingOf(password('correct horse')))
    expect(recipientCount(sealed)).toBe(1)
    expect(await plain(sealed, 'correct horse')).toBe('text')
    expect(await plain(sealed, 'battery-staple')).toBe(
      'None of the passwords and identities fits (tried default@test).',
    )
  })
})

describe("age's own program", () => {
  test('reads what tsplay writes, and tsplay what it writes', async () => {
    const folder = await scratchFolder()
    const at = (name: string) => join(folder, name)
    writeFileSync(at('identity'), first.text, { mode: 0o600 })
    writeFileSync(at('ours.age'), await sealAge(Buffer.from('ours'), { recipients: [first.recipient] }))
    expect(execFileSync('age', ['-d', '-i', at('identity'), at('ours.age')]).toString()).toBe('ours')
    for (const form of [['--armor'], []]) {
      execFileSync('age', ['-r', first.recipient, ...form, '-o', at('theirs.age')], { input: 'theirs' })
      expect(await plain(readFileSync(at('theirs.age'), 'latin1'), first.text)).toBe('theirs')
    }
  })
})

describe('damage', () => {
  test.each([
    ['cut off', (text: string) => `${text.slice(0, text.length / 2)}`],
    [
      'a changed letter',
      (text: string) => text.replace(/.(?=.{3}\n-----END)/, (c) => (c === 'A' ? 'B' : 'A')),
    ],
    ['nothing but its first line', (text: string) => text.split('\n')[0] ?? ''],
  ])('%s is told from a wrong key', async (_, harm) => {
    const sealed = await sealAge(Buffer.alloc(100, 'x'), { recipients: [first.recipient] })
    const opened = await openAge(harm(sealed), [password(first.text)])
    expect(opened).toMatchObject({ problem: expect.stringMatching(/^It is damaged/) })
  })

  test('a damaged identity is named by its file', async () => {
    const sealed = await sealAge(Buffer.from('x'), { recipients: [first.recipient] })
    expect(await plain(sealed, 'AGE-SECRET-KEY-1ABC')).toBe('An identity is damaged (in test).')
  })
})

test('without any password it says so', async () => {
  const vault = ageVault(new VaultPasswords([], '.'))
  const sealed = await sealAge(Buffer.from('x'), { recipients: [first.recipient] })
  expect(await vault.open(sealed)).toMatchObject({ problem: 'No vault password was given.' })
})

test.each([
  ['-----BEGIN AGE ENCRYPTED FILE-----\nx', true],
  ['age-encryption.org/v1\n-> X25519', true],
  ['$ANSIBLE_VAULT;1.1;AES256', false],
  ['a: 1', false],
])('%j is an age file: %s', (text, expected) => {
  expect(isAge(text)).toBe(expected)
})

test('files and !vault values of a project are read, as secrets', async () => {
  const whole = await sealAge(Buffer.from('token: from-a-file\n'), { recipients: [first.recipient] })
  const value = await sealAge(Buffer.from('from a value'), { recipients: [first.recipient] })
  const cwd = await writeFiles({
    identity: first.text,
    'hosts.yml': 'all: {hosts: {web1: }}',
    'group_vars/all/secrets.yml': whole,
    'group_vars/all/mixed.yml': `inline: !vault |\n${value.replaceAll(/^/gm, '  ')}\n`,
  })
  const vault = [{ label: 'default', source: { file: 'identity' } }]
  const loaded = await loadProject({ playbooks: [], inventories: ['hosts.yml'], cwd, vault })
  expect(loaded.diagnostics).toEqual([])
  const host = loaded.inventory.hosts.get('web1')
  const layers = host ? hostLayers(loaded.inventory, host) : []
  const values = ['token', 'inline'].map((name) =>
    layers
      .findLast(({ vars }) => vars.has(name))
      ?.vars.get(name)
      ?.render(noLookup({})),
  )
  expect(values.map((one) => (one instanceof Secret ? one.reveal() : one))).toEqual([
    'from-a-file',
    'from a value',
  ])
  expect((await loaded.decrypt(Buffer.from(whole), 'x')).toString()).toBe('token: from-a-file\n')
})
