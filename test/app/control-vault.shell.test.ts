import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { controlVault } from '#app/control-vault.ts'
import type { VaultRequest } from '#app/vault-request.ts'
import { newIdentityFile } from '#load/age-file.ts'
import { appears } from '../support/appears.ts'
import { inFolder } from '../support/in-folder.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'

const mine = await newIdentityFile(new Date(0))
const other = await newIdentityFile(new Date(0))
const id = (file: string) => ({ label: 'default', source: { file } })
const keys = { vaultIds: [id('mine')], recipients: [] }

let folder: string
let runtime: string
beforeEach(async () => {
  folder = await inFolder({ mine: mine.text, other: other.text, 'plain.yml': 'token: abcdef\n' })
  // Where edited texts lie.
  runtime = join(folder, 'runtime')
  mkdirSync(runtime)
  setEnv('XDG_RUNTIME_DIR', runtime)
  setEnv('VISUAL', '')
})

function setEnv(name: string, value: string): void {
  const before = process.env[name]
  process.env[name] = value
  onTestFinished(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
}

/** An editor that is a shell script; the file to edit is `$1`. */
function editor(script: string): void {
  writeFileSync(join(folder, 'editor'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'editor'), 0o755)
  setEnv('EDITOR', join(folder, 'editor'))
}

async function vault(request: VaultRequest, stdin?: string) {
  const terminal = memoryTerminal(stdin === undefined ? {} : { stdin })
  const { exitReason } = await controlVault(request, terminal, new AbortController().signal)
  return { exitReason, out: terminal.stdout.text, err: terminal.stderr.text }
}

const view = async (file: string, identity = 'mine') =>
  (await vault({ action: 'view', files: [file], vaultIds: [id(identity)], recipients: [] })).out
const text = (file: string) => readFileSync(join(folder, file), 'utf8')

describe('encrypt, view and decrypt', () => {
  test('a file in its place, keeping its mode', async () => {
    chmodSync('plain.yml', 0o640)
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    expect(text('plain.yml')).toMatch(/^-----BEGIN AGE/)
    expect(statSync('plain.yml').mode & 0o777).toBe(0o640)
    expect(await view('plain.yml')).toBe('token: abcdef\n')
    await vault({ action: 'decrypt', files: ['plain.yml'], ...keys })
    expect(text('plain.yml')).toBe('token: abcdef\n')
  })

  test('into another file, or stdout, leaving the first alone', async () => {
    await vault({ action: 'encrypt', files: ['plain.yml'], output: 'new.age', ...keys })
    expect(text('plain.yml')).toBe('token: abcdef\n')
    expect(statSync('new.age').mode & 0o777).toBe(0o600)
    const { out } = await vault({ action: 'decrypt', files: ['new.age'], output: '-', ...keys })
    expect(out).toBe('token: abcdef\n')
  })

  test('twice is refused', async () => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    const again = await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    expect(again).toMatchObject({ exitReason: 'usage', err: 'error: "plain.yml" is encrypted already.\n' })
  })

  test('with a wrong key the file is named and stays as it is', async () => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    const before = text('plain.yml')
    const { err } = await vault({
      action: 'decrypt',
      files: ['plain.yml'],
      vaultIds: [id('other')],
      recipients: [],
    })
    expect(err).toContain('"plain.yml" cannot be decrypted. None of the passwords and identities fits')
    expect(text('plain.yml')).toBe(before)
  })

  test('without a key it is said what to give', async () => {
    const { err } = await vault({ action: 'encrypt', files: ['plain.yml'], vaultIds: [], recipients: [] })
    expect(err).toContain('There is nothing to encrypt with.')
    expect(err).toContain('--vault-password-file')
  })

  test('of two passwords none is chosen silently', async () => {
    const vaultIds = [id('mine'), id('other')]
    const { err } = await vault({ action: 'encrypt', files: ['plain.yml'], vaultIds, recipients: [] })
    expect(err).toContain('Several passwords were given')
  })

  test('something that is no recipient is refused', async () => {
    const { err } = await vault({
      action: 'encrypt',
      files: ['plain.yml'],
      vaultIds: [],
      recipients: ['age1x'],
    })
    expect(err).toContain('One of the recipients is none: age1x.')
  })
})

describe('recipients', () => {
  test('the nearest .age-recipients says for whom', async () => {
    mkdirSync('a/b', { recursive: true })
    writeFileSync('.age-recipients', `${mine.recipient}\n`)
    writeFileSync('a/.age-recipients', `# both\n${mine.recipient}\n\n${other.recipient}\n`)
    writeFileSync('a/b/plain.yml', 'x: 1\n')
    await vault({ action: 'encrypt', files: ['a/b/plain.yml', 'plain.yml'], vaultIds: [], recipients: [] })
    expect(await view('a/b/plain.yml', 'other')).toBe('x: 1\n')
    expect(await view('plain.yml', 'other')).toBe('')
    expect(await view('plain.yml', 'mine')).toBe('token: abcdef\n')
  })

  test('editing never takes a file away from those it does not know of', async () => {
    editor('echo more >> "$1"')
    const both = [mine.recipient, other.recipient]
    await vault({ action: 'encrypt', files: ['plain.yml'], vaultIds: [], recipients: both })
    const refused = await vault({ action: 'edit', file: 'plain.yml', ...keys })
    expect(refused.err).toContain('"plain.yml" is encrypted for 2 recipients')
    await vault({ action: 'edit', file: 'plain.yml', ...keys, recipients: both })
    expect(await view('plain.yml', 'other')).toBe('token: abcdef\nmore\n')
  })
})

describe('create and edit', () => {
  test('what the editor leaves is encrypted', async () => {
    editor('test ! -s "$1" && echo "key: one" > "$1"')
    await vault({ action: 'create', file: 'new.yml', ...keys })
    expect(statSync('new.yml').mode & 0o777).toBe(0o600)
    editor('sed -i s/one/two/ "$1"')
    await vault({ action: 'edit', file: 'new.yml', ...keys })
    expect(await view('new.yml')).toBe('key: two\n')
  })

  test('a file that was not changed is not written', async () => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    const before = text('plain.yml')
    editor('true')
    const { err } = await vault({ action: 'edit', file: 'plain.yml', ...keys })
    expect(err).toBe('"plain.yml" was not changed.\n')
    expect(text('plain.yml')).toBe(before)
  })

  test('the text lies where only its owner may look, under its own name', async () => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    editor(`stat -c '%a %n' "$1" "$(dirname "$1")" > "${folder}/seen"`)
    await vault({ action: 'edit', file: 'plain.yml', ...keys })
    expect(text('seen')).toMatch(
      /^600 .*\/runtime\/tsplay-vault-.*\/plain\.yml\n700 .*\/tsplay-vault-[^/]*\n$/,
    )
  })

  test.each([
    ['a good end', 'echo x >> "$1"; cp "$1" "$1~"'],
    ['no change', 'cp "$1" "$1.swp"'],
    ['an editor that fails', 'cp "$1" "$1.swp"; exit 3'],
    ['an editor that is killed', 'cp "$1" "$1.swp"; kill -9 $$'],
  ])('nothing of it is left after %s', async (_, script) => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    editor(script)
    await vault({ action: 'edit', file: 'plain.yml', ...keys })
    expect(readdirSync(runtime)).toEqual([])
    expect(await view('plain.yml')).toMatch(/^token: abcdef\n/)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('nothing of it is left after %s', async (name) => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    editor(`touch "${folder}/open"; exec sleep 60`)
    const running = start('plain.yml')
    await appears(join(folder, 'open'))
    running.kill(name)
    const [code] = await once(running, 'close')
    expect(code).toBe(5)
    expect(readdirSync(runtime)).toEqual([])
  })

  test('what a killed one left is removed by the next', async () => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    editor(`echo $$ > "${folder}/pid"; mv "${folder}/pid" "${folder}/open"; exec sleep 60`)
    const running = start('plain.yml')
    await appears(join(folder, 'open'))
    running.kill('SIGKILL')
    process.kill(Number(text('open')), 'SIGKILL')
    await once(running, 'close')
    expect(readdirSync(runtime)).toHaveLength(1)
    editor('true')
    await vault({ action: 'edit', file: 'plain.yml', ...keys })
    expect(readdirSync(runtime)).toEqual([])
  })

  test('a file that exists is not created', async () => {
    expect((await vault({ action: 'create', file: 'plain.yml', ...keys })).err).toContain('exists already')
  })

  test('without a key the editor is not even opened', async () => {
    editor(`touch "${folder}/open"`)
    await vault({ action: 'create', file: 'new.yml', vaultIds: [], recipients: [] })
    expect(existsSync('open')).toBe(false)
  })
})

const start = (file: string) =>
  spawn(
    resolve(import.meta.dirname, '../../bin/tsplay'),
    ['vault', 'edit', file, '--vault-password-file', 'mine'],
    { cwd: folder, stdio: 'ignore', env: { ...process.env } },
  )

describe('rekey', () => {
  test('the new key opens and the old one no longer', async () => {
    await vault({ action: 'encrypt', files: ['plain.yml'], ...keys })
    await vault({ action: 'rekey', files: ['plain.yml'], newVaultIds: [id('other')], ...keys })
    expect(await view('plain.yml', 'other')).toBe('token: abcdef\n')
    expect(await view('plain.yml', 'mine')).toBe('')
  })

  test("Ansible's files and values become age, the rest of a file stays", async () => {
    const source = join(import.meta.dirname, '../projects/vault')
    const at = (name: string) => readFileSync(join(source, name), 'utf8')
    writeFileSync('a.txt', at('password-a.txt'))
    writeFileSync('whole.yml', at('group_vars/all/vault.yml'))
    writeFileSync('mixed.yml', at('group_vars/all/mixed.yml'))
    const files = ['whole.yml', 'mixed.yml']
    const { exitReason, err } = await vault({
      action: 'rekey',
      files,
      vaultIds: [id('a.txt')],
      newVaultIds: [id('mine')],
      recipients: [],
    })
    expect(exitReason, err).toBe('done')
    expect(err).toBe('mixed.yml: 1 !vault value encrypted anew.\n')
    expect(text('whole.yml') + text('mixed.yml')).not.toContain('ANSIBLE_VAULT')
    expect(text('mixed.yml')).toContain('plain: visible')
    expect(await view('whole.yml')).toContain('db_password')
  })

  test('an Ansible file is not edited, but may be viewed', async () => {
    const source = join(import.meta.dirname, '../projects/vault')
    writeFileSync('whole.yml', readFileSync(join(source, 'group_vars/all/vault.yml')))
    writeFileSync('a.txt', readFileSync(join(source, 'password-a.txt')))
    const vaultIds = [id('a.txt')]
    const { err } = await vault({ action: 'edit', file: 'whole.yml', vaultIds, recipients: [] })
    expect(err).toContain('`tsplay vault rekey whole.yml`')
    expect(await view('whole.yml', 'a.txt')).toContain('db_password')
  })
})

describe('encrypt-string', () => {
  test('prints YAML that holds the text, from stdin without its last newline', async () => {
    const { out } = await vault({ action: 'encrypt-string', name: 'token', ...keys }, 'two\nlines\n')
    expect(out).toMatch(/^token: !vault \|\n {2}-----BEGIN AGE/)
    writeFileSync('vars.yml', out)
    await vault({ action: 'rekey', files: ['vars.yml'], newVaultIds: [], ...keys })
    const armored = text('vars.yml').split('\n').slice(1).join('\n').replaceAll(/^ +/gm, '')
    writeFileSync('value.age', armored)
    expect(await view('value.age')).toBe('two\nlines')
  })

  test('nothing is not encrypted', async () => {
    expect((await vault({ action: 'encrypt-string', ...keys }, '')).err).toContain('There is no text')
  })
})

test('keygen writes an identity that only its owner reads, and prints its recipient', async () => {
  const { out } = await vault({ action: 'keygen', output: 'identity', vaultIds: [], recipients: [] })
  expect(statSync('identity').mode & 0o777).toBe(0o600)
  expect(text('identity')).toContain(`# public key: ${out.trim()}\nAGE-SECRET-KEY-1`)
  const again = await vault({ action: 'keygen', output: 'identity', vaultIds: [], recipients: [] })
  expect(again.err).toContain('EEXIST')
})
