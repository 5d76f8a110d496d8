import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { literalValue } from '#lang/compile-value.ts'
import type { Vars } from '#model/value.ts'
import includeVars from '#modules/include-vars.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()
const nowhere = {
  file: 'vars',
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
}

/** Stands for the loader: every file sets a variable with its own name, and `last` to its path. */
const vars = async (path: string): Promise<Vars> =>
  new Map([
    [basename(path).replace(/\..*$/, ''), literalValue(true, nowhere)],
    ['last', literalValue(basename(path), nowhere)],
  ])
const run = (args: unknown) => bench().run(includeVars, args, { controller: { vars } })

beforeAll(() => {
  const folder = join(bench().folder, 'files', 'settings')
  mkdirSync(join(folder, 'deep', 'deeper'), { recursive: true })
  for (const name of ['b.yml', 'a.yaml', 'notes.txt', 'c.json', 'deep/d.yml', 'deep/deeper/e.yml']) {
    writeFileSync(join(folder, name), '{}')
  }
})

describe('a file', () => {
  test('gives its variables to the host', async () => {
    const { result } = await run({ file: 'debian.yml' })
    expect([...(result.effects?.vars?.keys() ?? [])]).toEqual(['debian', 'last'])
    expect(result.data).toEqual({ ansible_included_var_files: ['debian.yml'] })
  })

  test('can be put under a name', async () => {
    const { result } = await run({ file: 'debian.yml', name: 'os' })
    expect([result.effects?.namedVars?.name, result.effects?.vars]).toEqual(['os', undefined])
  })
})

const folders: readonly [args: object, files: readonly string[]][] = [
  [{}, ['a.yaml', 'b.yml', 'c.json', 'd.yml', 'e.yml']],
  [{ depth: 1 }, ['a.yaml', 'b.yml', 'c.json']],
  [{ depth: 2, extensions: ['yml'] }, ['b.yml', 'd.yml']],
  [{ files_matching: '[ab].*' }, ['a.yaml', 'b.yml']],
  [{ ignore_files: ['a.yaml', 'e.yml'] }, ['b.yml', 'c.json', 'd.yml']],
]

test.each(folders)(
  'a folder is read in order of names, without what is left out: %j',
  async (args, files) => {
    const { result } = await run({ dir: 'settings', ...args })
    const read: unknown = result.data?.['ansible_included_var_files']
    expect(Array.isArray(read) && read.map((path) => basename(String(path)))).toEqual(files)
  },
)

test('needs a file or folder that is there', async () => {
  await expect(run({})).rejects.toThrow('One of "file" and "dir" must be given.')
  await expect(run({ dir: 'nowhere' })).rejects.toThrow('There is no folder "nowhere".')
})
