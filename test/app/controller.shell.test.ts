import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createController } from '#app/controller.ts'
import { FileMemory } from '#app/file-memory.ts'
import { TaskFailure } from '#sdk/module.ts'
import { mountTiny } from '../support/mounted-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'tsplay-controller-'))
const at = (...names: string[]): string => join(folder, ...names)
const controller = createController({ folder })

beforeAll(() => {
  mkdirSync(at('files', 'tree', 'sub'), { recursive: true })
  mkdirSync(at('role', 'files'), { recursive: true })
  writeFileSync(at('files', 'tree', 'a.txt'), 'alpha')
  writeFileSync(at('files', 'tree', 'sub', 'run.sh'), '#!/bin/sh\n')
  chmodSync(at('files', 'tree', 'sub', 'run.sh'), 0o755)
  utimesSync(at('files', 'tree', 'a.txt'), 1_600_000_000, 1_600_000_000)
  symlinkSync('../a.txt', at('files', 'tree', 'sub', 'link'))
  writeFileSync(at('plain'), 'here')
  writeFileSync(at('role', 'files', 'plain'), 'role')
  writeFileSync(at('secret'), '$ANSIBLE_VAULT;1.1;AES256\n6162')
  mkdirSync(at('templates'))
  writeFileSync(at('templates', 'a.hbs'), 'Hello {{name}}')
  writeFileSync(at('templates', 'bad.hbs'), Buffer.from([0xff, 0xfe]))
})

afterAll(() => rmSync(folder, { recursive: true }))

async function* bytes(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function collected(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('files', () => {
  test('are found in the first place of the search list that has them', async () => {
    const role = createController({ folder, search: () => [at('role', 'files'), folder] })
    expect(Buffer.from(await (await role.file('plain')).read()).toString()).toBe('role')
    expect(Buffer.from(await (await controller.file('plain')).read()).toString()).toBe('here')
    expect((await controller.file('tree/a.txt')).path).toBe(at('files', 'tree', 'a.txt'))
  })

  test('that are nowhere fail with the places that were searched', async () => {
    const error = await controller.file('nope').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TaskFailure)
    expect(String(error)).toContain(`${at('files', 'nope')}, ${at('nope')}`)
  })

  test('know size, mode, content and checksums', async () => {
    const file = await controller.file('tree/sub/run.sh')
    expect([file.size, file.mode]).toEqual([10, 0o755])
    expect(await file.checksum()).toBe(createHash('sha256').update('#!/bin/sh\n').digest('hex'))
    expect(await file.checksum('md5')).toBe(createHash('md5').update('#!/bin/sh\n').digest('hex'))
    expect((await collected(file.stream())).toString()).toBe('#!/bin/sh\n')
  })

  test('that are encrypted are decrypted, or refused without a password', async () => {
    await expect(controller.file('secret')).rejects.toThrow(/is encrypted/)
    const open = createController({ folder, decrypt: async () => Buffer.from('plain') })
    const file = await open.file('secret')
    expect([file.size, await file.checksum('sha1')]).toEqual([
      5,
      createHash('sha1').update('plain').digest('hex'),
    ])
    expect((await collected(file.stream())).toString()).toBe('plain')
  })

  test('that are encrypted are read as they stand, without a password, when that is asked for', async () => {
    const { asStored } = createController({ folder })
    const stored = await asStored.file('secret')
    const text = '$ANSIBLE_VAULT;1.1;AES256\n6162'
    expect([stored.size, (await collected(stored.stream())).toString()]).toEqual([text.length, text])
  })
})

describe('folders', () => {
  test('are listed with parents before children', async () => {
    const entries = await controller.folder('tree')
    expect(entries?.map(({ path, type, target }) => [path, type, target])).toEqual([
      ['a.txt', 'file', undefined],
      ['sub', 'directory', undefined],
      ['sub/link', 'link', '../a.txt'],
      ['sub/run.sh', 'file', undefined],
    ])
  })

  test('that are none give undefined', async () => {
    expect(await controller.folder('plain')).toBeUndefined()
  })

  test('travel as tar with modes, links and times', async () => {
    mkdirSync(at('out'))
    execFileSync('tar', ['xpf', '-', '-C', at('out')], { input: await collected(controller.tar('tree')) })
    expect(readFileSync(at('out', 'sub', 'link'), 'utf8')).toBe('alpha')
    expect(statSync(at('out', 'sub', 'run.sh')).mode & 0o777).toBe(0o755)
    expect(statSync(at('out', 'a.txt')).mtimeMs).toBe(1_600_000_000_000)
  })

  test('leave out of a tar what is excluded', async () => {
    const list = async (exclude: string[]): Promise<string[]> =>
      execFileSync('tar', ['tf', '-'], {
        input: await collected(controller.tar('tree', { exclude })),
        encoding: 'utf8',
      })
        .trim()
        .split('\n')
    expect(await list(['*.sh', 'sub/link'])).toEqual(['a.txt', 'sub/'])
    expect(await list(['sub/'])).toEqual(['a.txt'])
  })

  test('may travel in part', async () => {
    const input = await collected(controller.tar('tree', { only: ['sub/run.sh'] }))
    expect(execFileSync('tar', ['tf', '-'], { input, encoding: 'utf8' })).toBe('sub/\nsub/run.sh\n')
  })

  test('may be single files in a tar', async () => {
    const names = execFileSync('tar', ['tf', '-'], {
      input: await collected(controller.tar('plain')),
      encoding: 'utf8',
    })
    expect(names).toBe('plain\n')
  })

  test('that vanish fail the tar stream', async () => {
    await expect(collected(controller.tar('nope'))).rejects.toThrow(/was not found/)
  })
})

describe('writing', () => {
  test('makes folders and replaces whole files', async () => {
    await controller.write('made/here/x', bytes('one', 'two'))
    expect(readFileSync(at('made', 'here', 'x'), 'utf8')).toBe('onetwo')
  })

  test('keeps a file to its owner when told so', async () => {
    await controller.write('kept/secret', bytes('one'), { mode: 0o600 })
    expect(statSync(at('kept', 'secret')).mode & 0o777).toBe(0o600)
  })

  test('leaves the old file and nothing else when the content breaks off', async () => {
    writeFileSync(at('made', 'here', 'y'), 'old')
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('new')
      throw new Error('lost')
    }
    for (let i = 0; i < 20; i += 1)
      await expect(controller.write('made/here/y', broken())).rejects.toThrow('lost')
    expect(readFileSync(at('made', 'here', 'y'), 'utf8')).toBe('old')
    expect(readdirSync(at('made', 'here')).sort()).toEqual(['x', 'y'])
  })

  test('leaves nothing on a disk that was full', async ({ skip }) => {
    if (!mountTiny(at('full'))) return skip('Nothing can be mounted here.')
    const large = bytes('one', 'x'.repeat(100_000))
    await expect(controller.write('full/x', large)).rejects.toThrow(/x cannot be written: ENOSPC/)
    expect(readdirSync(at('full'))).toEqual([])
  })

  test('says why it cannot', async () => {
    await expect(controller.write('plain/x', bytes('x'))).rejects.toThrow(/cannot be written/)
  })
})

describe('templates and variables', () => {
  test('are rendered by who was handed in', async () => {
    const rendering = createController({ folder, renderTemplate: (text) => text.replace('{{name}}', 'you') })
    expect(await rendering.template('a.hbs')).toBe('Hello you')
    await expect(rendering.template('bad.hbs')).rejects.toThrow(/not UTF-8/)
  })

  test('fail honestly without one', async () => {
    await expect(controller.template('a.hbs')).rejects.toThrow(TaskFailure)
    await expect(controller.vars('plain')).rejects.toThrow(TaskFailure)
  })
})

describe('programs', () => {
  test('run in the folder with their input and environment', async () => {
    const result = await controller.run(['sh', '-c', 'cat; printf %s "$X" >&2; pwd; exit 3'], {
      input: 'in ',
      env: { X: 'y' },
    })
    expect(result).toEqual({ rc: 3, stdout: `in ${folder}\n`, stderr: 'y' })
  })

  test('that do not exist end with 127, those a signal ended with 128 and its number', async () => {
    expect((await controller.run(['/no/such/program'])).rc).toBe(127)
    expect((await controller.run(['sh', '-c', 'kill -TERM $$'])).rc).toBe(143)
  })

  test('need not read their input', async () => {
    expect((await controller.run(['true'], { input: 'x'.repeat(1 << 20) })).rc).toBe(0)
  })
})

test('gives a large file in pieces, each good until the next is asked for', async () => {
  const content = randomBytes(1_500_001)
  writeFileSync(at('large'), content)
  const file = await controller.file('large')
  const copies: Buffer[] = []
  for await (const piece of file.stream()) copies.push(Buffer.from(piece))
  expect(copies.length).toBeGreaterThan(2)
  expect(Buffer.concat(copies).equals(content)).toBe(true)
  for await (const piece of file.stream()) {
    expect(piece.length).toBeGreaterThan(0)
    break
  }
  expect(await file.checksum()).toBe(createHash('sha256').update(content).digest('hex'))
})

test('reads a file once for the checksums of all hosts, until it changes', async () => {
  writeFileSync(at('shared'), 'one')
  const memory = new FileMemory()
  const hosts = Array.from({ length: 3 }, () => createController({ folder, memory }))
  const asked = await Promise.all(
    hosts.map(async (host) => ({ sum: (await host.file('shared')).checksum() })),
  )
  expect(new Set(asked.map(({ sum }) => sum)).size).toBe(1)
  writeFileSync(at('shared'), 'another')
  const after = await hosts[0]?.file('shared').then((file) => file.checksum())
  expect(after).toBe(createHash('sha256').update('another').digest('hex'))
})

test('a sum that was begun before anybody needed it is right, and failed is begun again', async () => {
  const content = randomBytes(3_000_000)
  writeFileSync(at('begun'), content)
  const memory = new FileMemory()
  const file = await createController({ folder, memory }).file('begun')
  file.prepareChecksum()
  expect(await file.checksum()).toBe(createHash('sha256').update(content).digest('hex'))
  const status = statSync(at('begun'))
  await expect(memory.sum(at('gone'), status, 'sha256').wait()).rejects.toThrow(/gone cannot be read: ENOENT/)
  writeFileSync(at('gone'), 'back')
  const again = memory.sum(at('gone'), status, 'sha256')
  expect(await again.wait()).toBe(createHash('sha256').update('back').digest('hex'))
})

test('reads a small file once for all hosts, until it changes', async () => {
  writeFileSync(at('small'), 'one')
  const memory = new FileMemory()
  const hosts = Array.from({ length: 3 }, () => createController({ folder, memory }))
  const contents = await Promise.all(hosts.map(async (host) => (await host.file('small')).read()))
  expect(new Set(contents).size).toBe(1)
  writeFileSync(at('small'), 'another')
  const after = await hosts[0]?.file('small').then((file) => file.read())
  expect(Buffer.from(after ?? []).toString()).toBe('another')
})

test('tries again to read what could not be read', async () => {
  const memory = new FileMemory()
  const status = statSync(at('small'))
  const failing = memory.content('/x', status, async () => Promise.reject(new Error('gone')))
  await expect(failing).rejects.toThrow('gone')
  expect(await memory.content('/x', status, async () => Buffer.from('back'))).toEqual(Buffer.from('back'))
})
