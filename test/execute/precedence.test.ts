import { expect, test } from 'vitest'
import { play } from '../support/play.ts'

/** Ansible's levels that hold variables of the user's; 1 is no variable, and 11 stands under `facts`. */
const levels = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]

const neighbours = levels.slice(1).map((level, i) => [levels[i] ?? 0, level] as const)

test.each(neighbours)('level %i gives way to level %i', async (weaker, stronger) => {
  expect(await winner([weaker, stronger])).toBe(stronger)
})

test.each(levels)('level %i wins over all levels below it', async (level) => {
  expect(await winner(levels.filter((one) => one <= level))).toBe(level)
})

/** The level whose `x` a task sees that stands in an included file of a role, in a block, with variables of its own. */
async function winner(given: readonly number[]): Promise<number> {
  const x = (level: number): string => (given.includes(level) ? `x: ${level}` : 'unrelated: 0')
  const only = (level: number, text: string): string => (given.includes(level) ? text : '')
  const run = await play(
    {
      'inv/hosts.yml': `
all:
  hosts: { a: { connection: local, ${x(8)} } }
  children:
    web: { hosts: { a: {} }, vars: { ${x(3)} } }`,
      'inv/group_vars/all.yml': x(4),
      'inv/group_vars/web.yml': x(6),
      'inv/host_vars/a.yml': x(9),
      'group_vars/all.yml': x(5),
      'group_vars/web.yml': x(7),
      'host_vars/a.yml': x(10),
      'vars.yml': x(14),
      'included.yml': x(18),
      'roles/r/defaults/main.yml': x(2),
      'roles/r/vars/main.yml': x(15),
      'roles/r/tasks/main.yml': `
- include_vars: ../../../included.yml
${only(19, '- set_fact: { x: 19 }')}
- include_tasks: { file: inner.yml }
  vars: { ${x(21)} }`,
      'roles/r/tasks/inner.yml': `
- vars: { ${x(16)} }
  block:
    - name: look
      debug: { msg: "{{ x }}" }
      vars: { ${x(17)} }`,
      'site.yml': `
- hosts: a
  vars: { ${x(12)} }
  vars_files: [vars.yml]
  ${only(13, 'vars_prompt: [{ name: x, prompt: x, default: "13" }]')}
  roles:
    - { role: r, ${given.includes(20) ? 'x: 20' : 'p: 0'} }`,
    },
    { inventory: 'inv/hosts.yml', extraVars: given.includes(22) ? ['x=22'] : [] },
  )
  return Number(run.said('look'))
}
