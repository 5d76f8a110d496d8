import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import template from '#modules/template.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const at = (...names: string[]): string => join(bench.folder, ...names)
const controller = { template: async (path: string) => `rendered ${path}\nö\n` }

afterAll(() => bench.close())

test('renders into a file, and is silent the second time', async () => {
  const args = { src: 'app.conf.hbs', dest: at('app.conf'), mode: '0640' }
  const check = await bench.run(template, args, { controller, mode: 'check' })
  const outcome = await bench.converge(template, args, { controller })
  expect(outcome.changes).toEqual(check.changes)
  expect(readFileSync(at('app.conf'), 'utf8')).toBe('rendered app.conf.hbs\nö\n')
  expect(statSync(at('app.conf')).mode & 0o777).toBe(0o640)
  expect(outcome.result.data).toMatchObject({ dest: at('app.conf'), mode: '0640', state: 'file' })
})

test('shows what changes', async () => {
  writeFileSync(at('old'), 'old\n')
  const { changes } = await bench.converge(template, { src: 'x.hbs', dest: at('old') }, { controller })
  expect(changes[0]).toMatchObject({
    field: 'content',
    diff: { before: 'old\n', after: 'rendered x.hbs\nö\n' },
  })
})

test('goes into a folder under its name', async () => {
  mkdirSync(at('conf.d'))
  await bench.converge(template, { src: 'sub/x.hbs', dest: at('conf.d') }, { controller })
  expect(readFileSync(at('conf.d', 'x.hbs'), 'utf8')).toBe('rendered sub/x.hbs\nö\n')
})

test('ends lines as told', async () => {
  await bench.converge(
    template,
    { src: 'x.hbs', dest: at('dos'), newline_sequence: '\\r\\n' },
    { controller },
  )
  expect(readFileSync(at('dos'), 'utf8')).toBe('rendered x.hbs\r\nö\r\n')
})

test('needs the folder', async () => {
  await expect(bench.run(template, { src: 'x.hbs', dest: at('no', 'x') }, { controller })).rejects.toThrow(
    /does not exist/,
  )
})
