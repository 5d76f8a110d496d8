import { expect, test } from 'vitest'
import { oneHost, play } from '../support/play.ts'

const writesTwice = `
const text = { type: 'string', description: 'A path.' }
export default {
  summary: 'Adds two lines to a file.',
  args: { type: 'object', properties: { counter: text }, required: ['counter'], additionalProperties: false },
  examples: [],
  settles: false,
  probe: () => ({}),
  plan: () => [{ field: 'lines', before: 'some', after: 'two more' }],
  async apply({ args, host }) {
    for (const line of ['one', 'two']) await host.run(['sh', '-c', 'echo "$1" >> "$2"', 'sh', line, args.counter])
  },
  writesOnce: () => true,
  touches: ({ args }) => [{ kind: 'path', name: args.counter }],
}
`

test('a module that writes twice although it says once is a bug, whatever it stands beside', async () => {
  const run = play({
    'inventory.yml': oneHost,
    'site.yml': '- { hosts: a, gather_facts: false, roles: [slow] }',
    'roles/slow/modules/count.ts': writesTwice,
    'roles/slow/tasks/main.yml': '- { count: { counter: "{{ playbook_dir }}/counter" } }',
  })
  await expect(run).rejects.toThrow('has sent a second frame')
})
