import { describe, expect, test } from 'vitest'
import { InventoryBuilder } from '#load/inventory-builder.ts'
import { loadInventory } from '#load/load-project.ts'
import { readScriptInventory } from '#load/script-inventory.ts'
import { SourceReader } from '#load/source-reader.ts'
import { hostLayers } from '#model/host-layers.ts'
import type { Inventory } from '#model/inventory.ts'
import { noLookup } from '../support/no-lookup.ts'
import { writeFiles } from '../support/write-files.ts'

const load = async (program: string, files: Readonly<Record<string, string>> = {}) => {
  const cwd = await writeFiles({ program, ...files })
  return loadInventory({ playbooks: [], inventories: ['program'], cwd })
}

const printing = (list: unknown) => `#!/bin/sh\ncat <<'END'\n${JSON.stringify(list)}\nEND\n`

function vars(inventory: Inventory, name: string): unknown {
  const host = inventory.hosts.get(name)
  const layers = host ? hostLayers(inventory, host) : []
  return Object.fromEntries(
    layers.flatMap((layer) => [...layer.vars].map(([key, value]) => [key, value.render(noLookup({ n: 1 }))])),
  )
}

test('groups, hosts, variables and children are read in one call when there is _meta', async () => {
  const { inventory, diagnostics } = await load(
    printing({
      web: { hosts: ['w1', 'w2'], vars: { a: 1, t: '{{ n }}' }, children: ['sub'] },
      sub: ['s1'],
      _meta: {
        hostvars: { w1: { b: [1, { c: null }], u: { __ansible_unsafe: '{{ n }}' } }, nobody: { x: 1 } },
      },
    }),
    { 'group_vars/web.yml': 'a: 2' },
  )
  expect(diagnostics).toEqual([])
  expect([...inventory.hosts.keys()]).toEqual(['w1', 'w2', 's1', 'localhost'])
  expect(vars(inventory, 'w1')).toEqual({ a: 2, t: 1, b: [1, { c: null }], u: '{{ n }}' })
  expect(inventory.groups.get('web')?.children).toEqual(['sub'])
})

test('without _meta it is asked for each host', async () => {
  const { inventory, diagnostics } = await load(
    `#!/bin/sh
case "$1" in
--list) echo '{"g": {"hosts": ["a", "b", "c"]}}' ;;
--host) echo "{\\"name\\": \\"$2\\"}" ;;
esac
`,
  )
  expect(diagnostics).toEqual([])
  expect(['a', 'b', 'c'].map((name) => vars(inventory, name))).toEqual([
    { name: 'a' },
    { name: 'b' },
    { name: 'c' },
  ])
})

test('an old mapping without sections is one host with its variables', async () => {
  const { inventory } = await load(printing({ alone: { x: 1 }, _meta: { hostvars: {} } }))
  expect(inventory.groups.get('alone')?.hosts).toEqual(['alone'])
})

test('the program runs in its own folder and sees no input', async () => {
  const { diagnostics } = await load('#!/bin/sh\n[ -f ./beside ] && ! read -r x && echo "{}"\n', {
    beside: '',
  })
  expect(diagnostics).toEqual([])
})

test('names that are no variables are a warning', async () => {
  const { diagnostics, inventory } = await load(
    printing({ g: { hosts: ['h'], vars: { 'tag:x': 1 } }, _meta: {} }),
  )
  expect(diagnostics).toMatchObject([{ code: 'invalid-name', severity: 'warning' }])
  expect(vars(inventory, 'h')).toEqual({ 'tag:x': 1 })
})

describe('failures name the call and what it said', () => {
  test.each([
    [
      '#!/bin/sh\necho "no credentials" >&2\nexit 3\n',
      'program --list" ended with exit code 3. It said: no credentials',
    ],
    ['#!/bin/sh\necho hello\n', 'did not print a JSON mapping'],
    ['#!/bin/sh\necho "[]"\n', 'did not print a JSON mapping'],
    ['#!/no/such/shell\n', 'cannot be run'],
    ['#!/bin/sh\nkill -9 $$\n', 'was ended by SIGKILL'],
    ['#!/bin/sh\necho \'{"g": 5, "_meta": {}}\'\n', 'group "g" is neither'],
    ['#!/bin/sh\n[ "$1" = --list ] && echo \'{"g": ["a"]}\' || exit 4\n', '--host a" ended with exit code 4'],
  ])('%j', async (program, said) => {
    const { diagnostics } = await load(program)
    expect(diagnostics[0]).toMatchObject({
      code: 'inventory-script',
      severity: 'error',
      range: { file: 'program' },
    })
    expect(diagnostics[0]?.message).toContain(said)
  })

  test('a call that takes too long is ended with all it started', async () => {
    const cwd = await writeFiles({ program: '#!/bin/sh\nsleep 600 & sleep 600\n' })
    const found: string[] = []
    const builder = new InventoryBuilder(({ message }) => found.push(message))
    await readScriptInventory(builder, new SourceReader(cwd, []), {
      absolutePath: `${cwd}/program`,
      limitMs: 200,
    })
    expect(found).toEqual([expect.stringContaining('did not end within 0.2 seconds')])
  })
})
