import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { play, threeHosts } from '../support/play.ts'

test('what a task fetches to this machine is seen by the tasks of this machine', async () => {
  const got = '"{{ playbook_dir }}/got"'
  const run = await play({
    'inventory.yml': threeHosts,
    'text.txt': 'text',
    'site.yml': `
- hosts: localhost
  tasks: [{ name: clear, file: { path: ${got}, state: absent } }]
- hosts: a
  tasks:
    - { name: get, fetch: { src: "{{ playbook_dir }}/text.txt", dest: ${got}, flat: true } }
    - { name: look, stat: { path: ${got} }, delegate_to: localhost, register: here }
    - { name: see, assert: { that: here.stat.exists } }
- hosts: localhost
  tasks: [{ name: remove, file: { path: ${got}, state: absent } }]`,
  })
  expect(run.log).toEqual([
    'localhost clear ok',
    'a get changed',
    'a look ok',
    'a see ok',
    'localhost remove changed',
  ])
  expect(existsSync(join(run.folder, 'got'))).toBe(false)
})
