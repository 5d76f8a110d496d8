import { describe, expect, test } from 'vitest'
import { describeModules } from '#app/describe-modules.ts'
import type { DocRequest } from '#app/requests.ts'
import { moduleLoaders } from '#modules/index.ts'
import { inFolder } from '../support/in-folder.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'

async function shown(show: DocRequest['show'], format: DocRequest['format'] = 'text') {
  const terminal = memoryTerminal()
  const { exitReason } = await describeModules({ show, format }, terminal, new AbortController().signal)
  return { exitReason, out: terminal.stdout.text, err: terminal.stderr.text }
}

const page = (name: string, format?: DocRequest['format']) => shown({ kind: 'module', name }, format)

const roleModule = `export default {
  summary: 'Waters the plants.',
  args: { type: 'object', properties: {}, additionalProperties: false },
  examples: [{ title: 'A little', args: {} }],
  probe: () => undefined,
  plan: () => [],
}
`

describe('the list', () => {
  test('has each module with its sentence', async () => {
    const { out } = await shown({ kind: 'modules' })
    for (const name of Object.keys(moduleLoaders))
      expect(out).toMatch(new RegExp(`^${name} +[A-Z].+[.]$`, 'm'))
  })

  test('is data on request', async () => {
    const list = JSON.parse((await shown({ kind: 'modules' }, 'json')).out)
    expect(list).toContainEqual({ name: 'dnf', summary: expect.any(String), aliases: ['yum', 'dnf5'] })
  })

  test("has the modules of the project's roles, and says which are broken", async () => {
    await inFolder({
      'roles/garden/modules/water-plants.ts': roleModule,
      'roles/garden/modules/broken.ts': 'export default 1 +',
    })
    const { out, err } = await shown({ kind: 'modules' })
    expect(out).toMatch(/^water_plants +Waters the plants\.$/m)
    expect(err).toContain('warning: The module "broken" of a role cannot be loaded')
  })
})

describe('a page', () => {
  test.each(['copy', 'ansible.builtin.copy'])(
    'of %s has its arguments and examples as tasks',
    async (name) => {
      const { out, exitReason } = await page(name)
      expect(exitReason).toBe('done')
      expect(out).toMatch(/^copy {2}/)
      expect(out).toMatch(/\n {2}dest {2}path; required/)
      expect(out).toMatch(/\n {2}- name: .*\n {4}copy:\n/)
    },
  )

  test('is found by the names that a module answers to', async () => {
    expect((await page('yum')).out).toBe((await page('dnf')).out)
  })

  test('says when a module acts on each call', async () => {
    expect((await page('command')).out).toContain('It acts on each call')
    expect((await page('copy')).out).not.toContain('It acts on each call')
  })

  test('is data on request, with the schema of the arguments', async () => {
    expect(JSON.parse((await page('file', 'json')).out)).toMatchObject({
      name: 'file',
      args: { type: 'object', properties: { path: { type: 'string' } } },
      argument_aliases: { dest: 'path' },
    })
  })

  test.each([
    ['atp', 'There is no module "atp".\nDid you mean "apt"?'],
    ['ansible.builtin.copi', 'Did you mean "copy"?'],
    ['nothing_like_it', 'Run `tsplay doc` to see all modules.'],
    ['include_tasks', 'is part of the language'],
  ])('of %s does not exist', async (name, text) => {
    const { exitReason, out, err } = await page(name)
    expect({ exitReason, out }).toEqual({ exitReason: 'usage', out: '' })
    expect(err).toContain(text)
  })
})

describe('the functions', () => {
  test('stand in groups, each with an example and what it gives', async () => {
    const { out } = await shown({ kind: 'functions' })
    expect(out).toMatch(/^Logic\n/)
    expect(out).toMatch(/\n {2}upper\(.*\)\n {6}.+\.\n {6}upper\(.*\) {2}→ {2}"/)
  })

  test('are data on request', async () => {
    const { out } = await shown({ kind: 'functions' }, 'json')
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ group: 'Text', name: 'upper' }))
  })
})
