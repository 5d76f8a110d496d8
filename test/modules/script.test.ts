import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import script from '#modules/script.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const at = (...names: string[]): string => join(bench().folder, ...names)
const run = (args: unknown, mode: 'apply' | 'check' = 'apply') => {
  bench().session.store.forget([{ kind: 'everything' }])
  return bench().run(script, args, { mode, env: { TMPDIR: at('tmp') } })
}
const left = () => readdirSync(at('tmp'))

beforeAll(() => {
  mkdirSync(at('files'))
  mkdirSync(at('tmp'))
  writeFileSync(at('files', 'say.sh'), '#!/bin/sh\nprintf "%s|" "$@"; ls -l "$0" | cut -c1-10; pwd\n')
  writeFileSync(at('files', 'two words.sh'), '#!/bin/sh\necho spaced\n')
  writeFileSync(at('files', 'lines.awk'), 'BEGIN { print "awk " ARGV[1] }\n')
  writeFileSync(at('files', 'broken.sh'), '#!/bin/sh\necho no >&2; exit 5\n')
})

test('copies a script, runs it with its arguments, and removes it', async () => {
  const { result } = await run({ cmd: 'say.sh one "two words" $HOME', chdir: bench().folder })
  expect(result.data?.['stdout']).toBe(`one|two words|${process.env['HOME']}|-rwx------\n${bench().folder}`)
  expect(left()).toEqual([])
})

test('may have spaces in its name, and another program to run it', async () => {
  expect((await run({ cmd: "'two words.sh'" })).result.data?.['stdout']).toBe('spaced')
  const { result } = await run({ cmd: 'lines.awk x', executable: 'awk -f' })
  expect(result.data?.['stdout']).toBe('awk x')
})

test('fails with the exit code, and removes the script then too', async () => {
  const { result } = await run({ cmd: 'broken.sh' })
  expect(result).toMatchObject({ failed: true, msg: 'It ended with exit code 5: no', data: { rc: 5 } })
  expect(left()).toEqual([])
})

test('is not run in check mode, nor when it is not needed', async () => {
  expect((await run({ cmd: `say.sh`, creates: at('absent') }, 'check')).changes).toHaveLength(1)
  expect((await run({ cmd: 'say.sh', creates: at('files') })).changes).toEqual([])
  expect(existsSync(at('absent'))).toBe(false)
})

test('must be there', async () => {
  await expect(run({ cmd: 'nowhere.sh' })).rejects.toThrow('nowhere.sh')
})
