import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inNewFolder } from '#facts/in-new-folder.ts'
import { askHere, toolSets } from '../support/shell-fact.ts'

const { sets, close } = toolSets()
const root = mkdtempSync(join(tmpdir(), 'tsplay-new-folder-'))
afterAll(() => {
  close()
  rmSync(root, { recursive: true })
})

test.each(sets)('a new folder is as its making foretold, until something is put into it: $name', (tools) => {
  const folder = join(root, `it's ${tools.name}`)
  const told = inNewFolder(folder)
  const [program = '', ...words] = tools.shell
  const holds = (path: string) =>
    spawnSync(program, [...words, '-c', told.check(path).text], { env: { PATH: tools.path } }).status === 0
  const [direct, deeper] = [join(folder, 'a.conf'), join(folder, 'sub', 'b.conf')]
  expect(holds(direct)).toBe(false)
  mkdirSync(folder)
  for (const { fact, key, value } of told.answers) {
    for (const path of [direct, deeper]) {
      expect(askHere(fact, [key(path)], tools, root), `${fact.name} of ${path}`).toEqual([value(path)])
      expect(holds(path)).toBe(true)
    }
  }
  mkdirSync(join(folder, 'sub'))
  expect(holds(deeper)).toBe(false)
  writeFileSync(direct, 'something')
  expect(holds(direct)).toBe(false)
})
