import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openVault, parseVault } from '#load/ansible-vault.ts'
import { loadProject } from '#load/load-project.ts'
import type { VaultId } from '#load/vault-passwords.ts'
import { hostLayers } from '#model/host-layers.ts'
import { Secret } from '#model/secret.ts'
import { UsageError } from '#model/usage-error.ts'
import { noLookup } from '../support/no-lookup.ts'
import { writeFiles } from '../support/write-files.ts'

// Everything encrypted here was made by ansible-core 2.14's ansible-vault.
const folder = join(import.meta.dirname, '../projects/vault')
const fromFile = (file: string, label = 'default'): VaultId => ({ label, source: { file } })
const typed = (password: string, label = 'default'): VaultId => ({
  label,
  source: { password: new Secret(password) },
})

const load = (vault: readonly VaultId[], cwd = folder) =>
  loadProject({ playbooks: ['site.yml'], inventories: ['hosts.yml'], cwd, vault })

async function variable(vault: readonly VaultId[], name: string): Promise<unknown> {
  const { inventory, diagnostics } = await load(vault)
  expect(diagnostics).toEqual([])
  const host = inventory.hosts.get('web01')
  const layers = host ? hostLayers(inventory, host) : []
  return layers
    .findLast(({ vars }) => vars.has(name))
    ?.vars.get(name)
    ?.render(noLookup({ db_port: 5432 }))
}

const both = [fromFile('password-a.txt'), fromFile('password-b.txt', 'b')]
const reveal = (value: unknown) => (value instanceof Secret ? value.reveal() : value)

describe('values', () => {
  test.each<[string, unknown]>([
    ['db_password', 's3cret-of-all'],
    ['templated', '5432-x'],
    ['api_token', 'token-of-web01'],
    ['inline', 'inline secret — ü'],
  ])('%s is a secret', async (name, text) => {
    const value = await variable(both, name)
    expect(value).toBeInstanceOf(Secret)
    expect(reveal(value)).toBe(text)
    expect(String(value)).toBe('***')
  })

  test('numbers and booleans of an encrypted file keep their type', async () => {
    expect(await variable(both, 'db_port')).toBe(5432)
    expect(await variable(both, 'nested')).toMatchObject({ tls: true, keys: [expect.any(Secret)] })
  })

  test('plain values beside an encrypted one are no secrets', async () => {
    expect(await variable(both, 'plain')).toBe('visible')
  })

  test('everything decrypted is handed out for masking, and no source shows it', async () => {
    const { secrets, project } = await load(both)
    const texts = secrets.map((secret) => secret.reveal())
    expect(texts).toEqual(
      expect.arrayContaining(['s3cret-of-all', '5432', 'first-key', 'token-of-web01', 'inline secret — ü']),
    )
    const shown = [...project.sources.values()].join()
    for (const text of texts.filter((each) => each.length > 5)) expect(shown).not.toContain(text)
  })
})

test('what is wrong inside an encrypted file is told without its text', async () => {
  const cwd = await writeFiles({
    'site.yml': '',
    'hosts.yml': 'all: {hosts: {h: }}',
    'group_vars/all.yml': 'x',
  })
  const text = Buffer.from('a: 1\nhidden-word\n  other: "hidden-word\n')
  await writeFile(join(cwd, 'group_vars/all.yml'), encrypted(text, 'pw'))
  const { diagnostics } = await load([typed('pw')], cwd)
  expect(diagnostics[0]).toMatchObject({ code: 'yaml-syntax', range: { file: 'group_vars/all.yml' } })
  expect(JSON.stringify(diagnostics)).not.toContain('hidden-word')
})

describe('passwords', () => {
  test.each<[string, readonly VaultId[]]>([
    ['in another order', [...both].reverse()],
    ['under other labels', [fromFile('password-a.txt', 'x'), fromFile('password-b.txt', 'y')]],
    ['typed', [typed('correct horse'), typed('battery staple')]],
    ['from a client program', [fromFile('password-a.txt'), fromFile('password-client', 'b')]],
  ])('are found %s', async (_, vault) => {
    expect((await load(vault)).diagnostics).toEqual([])
  })

  test('a missing one names each file that stays closed', async () => {
    const { diagnostics } = await load([fromFile('password-a.txt')])
    expect(diagnostics).toMatchObject([
      {
        code: 'vault-password',
        message: expect.stringMatching(
          /"host_vars\/web01\.yml" cannot be decrypted.*wrong.*encrypted as "b"/,
        ),
        remedy: expect.stringContaining('--vault-id'),
      },
    ])
  })

  test('without any, each encrypted file and value is named', async () => {
    const { diagnostics } = await load([])
    expect(diagnostics.map(({ code, range }) => `${code} ${range?.file}:${range?.start.line}`)).toEqual([
      'vault-password group_vars/all/mixed.yml:2',
      'vault-password group_vars/all/vault.yml:1',
      'vault-password host_vars/web01.yml:1',
    ])
  })

  test('no message holds the password', async () => {
    const { diagnostics } = await load([typed('not-the-password')])
    expect(JSON.stringify(diagnostics)).not.toContain('not-the-password')
  })

  test('a password file that does not exist is a wrong command line', async () => {
    await expect(load([fromFile('nope.txt')])).rejects.toThrow(UsageError)
  })

  test.each([
    ['#!/bin/sh\necho no such key >&2; exit 3\n', 'exit code 3. no such key'],
    ['#!/bin/sh\nexit 0\n', 'is empty'],
    ['\n', 'is empty'],
  ])('a source that gives none is explained: %j', async (program, said) => {
    const cwd = await writeFiles({ program, 'site.yml': '' })
    const closed = await readFile(join(folder, 'group_vars/all/mixed.yml'), 'utf8')
    const inventory = await writeFiles({ 'group_vars/all.yml': closed, 'hosts.yml': 'all: {hosts: {h: }}' })
    const { diagnostics } = await loadProject({
      playbooks: ['site.yml'],
      inventories: [join(inventory, 'hosts.yml')],
      cwd,
      vault: [fromFile('program')],
    })
    expect(diagnostics.map(({ message }) => message).join()).toContain(said)
  })
})

describe('files of tasks', () => {
  test('are decrypted byte for byte, and others left as they are', async () => {
    const { decrypt } = await load(both)
    const closed = await readFile(join(folder, 'files/key.bin'))
    expect([...(await decrypt(closed, 'files/key.bin'))]).toEqual(Array.from({ length: 256 }, (_, i) => i))
    const plain = Buffer.from([0x24, 0, 255])
    expect(await decrypt(plain, 'x')).toBe(plain)
    const none = await load([])
    await expect(none.decrypt(closed, 'files/key.bin')).rejects.toThrow('files/key.bin')
  })
})

describe('the format', () => {
  const lengths: Record<string, string> = JSON.parse(readFileSync(join(folder, 'lengths.json'), 'utf8'))
  const password = Buffer.from('correct horse')

  test.each(Object.keys(lengths))('text of %s characters loses its padding', async (length) => {
    const text = lengths[length] ?? ''
    for (const written of [text, text.replaceAll('\n', '\r\n'), `  ${text}`]) {
      const plain = await openVault(parseVault(written), password)
      expect(plain?.toString()).toBe('x'.repeat(Number(length)))
    }
  })

  test('a wrong password and a changed byte do not open it', async () => {
    const text = lengths[16] ?? ''
    expect(await openVault(parseVault(text), Buffer.from('other'))).toBeUndefined()
    const envelope = parseVault(text)
    const ciphertext = Buffer.from(envelope.ciphertext)
    ciphertext[0] = (ciphertext[0] ?? 0) ^ 1
    expect(await openVault({ ...envelope, ciphertext }, password)).toBeUndefined()
  })

  test.each([
    ['$ANSIBLE_VAULT;1.0;AES\n00', 'version "1.0"'],
    ['$ANSIBLE_VAULT;1.1;AES\n00', 'cipher "AES"'],
    ['$ANSIBLE_VAULT;1.1;AES256\nzz', 'damaged'],
    ['$ANSIBLE_VAULT;1.1;AES256\n', 'cut off'],
  ])('%j is refused: %s', (text, reason) => {
    expect(() => parseVault(text)).toThrow(reason)
  })
})

/** Vault format 1.1, for texts that no fixture has. */
function encrypted(text: Buffer, password: string): string {
  const salt = Buffer.alloc(32, 7)
  const keys = pbkdf2Sync(password, salt, 10_000, 80, 'sha256')
  const padding = 16 - (text.length % 16)
  const cipher = createCipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64, 80))
  const ciphertext = Buffer.concat([
    cipher.update(Buffer.concat([text, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ])
  const hmac = createHmac('sha256', keys.subarray(32, 64)).update(ciphertext).digest()
  const body = [salt, hmac, ciphertext].map((part) => part.toString('hex')).join('\n')
  return `$ANSIBLE_VAULT;1.1;AES256\n${Buffer.from(body).toString('hex')}\n`
}
