import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { moduleAliases, moduleLoaders } from '#modules/index.ts'
import { generatedFiles, staleFiles } from '../../scripts/generated-files.ts'
import { moduleFiles } from '../../scripts/module-files.ts'

const modules = await moduleFiles()
const folder = join(import.meta.dirname, '..', 'modules')
const tests = new Set(readdirSync(folder).map((name) => name.replace(/(\.(ssh|lab))?\.test\.ts$/, '')))

describe('the catalogue of modules', () => {
  test('lists every module file under its name', async () => {
    expect(Object.keys(moduleLoaders)).toEqual(modules.map(({ name }) => name))
    for (const { name, definition } of modules) {
      expect((await moduleLoaders[name]?.())?.default, name).toBe(definition)
    }
  })

  test('gives a name to one module only', () => {
    const aliases = modules.flatMap(({ definition }) => definition.aliases ?? [])
    const names = [...modules.map(({ name }) => name), ...aliases]
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    expect(Object.keys(moduleAliases)).toEqual(aliases.sort())
  })

  test('is fresh, and so are the reference pages: else run "npm run generate"', async () => {
    expect(staleFiles(await generatedFiles())).toEqual([])
  })

  test.each(modules.map(({ file }) => file))('has tests for %s in test/modules', (file) => {
    expect(tests.has(file), `test/modules/${file}.test.ts is missing`).toBe(true)
  })
})
