import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownVersion } from '#cli/own-version.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const launcher = join(root, 'bin/tsplay')

describe('bin/tsplay', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tsplay launcher-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('prints the version of the package', async () => {
    expect((await run(launcher, ['--version'])).stdout).toBe(`${ownVersion()}\n`)
  })

  it('works through symbolic links, absolute and relative, from anywhere', async () => {
    await mkdir(join(folder, 'bin'))
    await symlink(launcher, join(folder, 'bin/first'))
    await symlink('bin/first', join(folder, 'second'))
    expect((await run('./second', ['--version'], { cwd: folder })).stdout).toBe(`${ownVersion()}\n`)
  })

  it('passes exit codes and arguments on as they are', async () => {
    await expect(run(launcher, ['exec', ' ', '--', 'a b'])).rejects.toMatchObject({ code: 5 })
  })

  it('says what is missing where Node.js is too old', async () => {
    const copy = join(folder, 'copy')
    await mkdir(join(copy, 'bin'), { recursive: true })
    await mkdir(join(copy, 'path'))
    await symlink(launcher, join(copy, 'bin/link'))
    await run('cp', [launcher, join(copy, 'bin/tsplay')])
    await writeFile(join(copy, 'path/node'), '#!/bin/sh\necho 22.1.0\n', { mode: 0o755 })
    const env = { PATH: `${join(copy, 'path')}:/usr/bin:/bin` }
    await expect(run(join(copy, 'bin/tsplay'), ['--version'], { env })).rejects.toMatchObject({
      code: 5,
      stderr: expect.stringContaining('tsplay needs Node.js 24.15 or newer; found: 22.1.0.'),
    })
  })

  it('loads no heavy package for the version and the help', async () => {
    const script = `
      import { registerHooks } from 'node:module'
      registerHooks({ load(url, context, next) { if (url.includes('node_modules')) console.error(url); return next(url, context) } })
      process.argv = [process.argv[0], 'main.ts', '--help']
      await import(${JSON.stringify(join(root, 'src/main.ts'))})`
    const { stderr } = await run(process.execPath, ['--input-type=module', '-e', script])
    const packages = [...stderr.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name)
    expect([...new Set(packages)]).toEqual(['commander'])
  })
})
