import { expect, test } from 'vitest'
import { compileFiles, shown } from '../support/compile.ts'

test('a small playbook compiles', () => {
  const { program, diagnostics } = compileFiles({
    'site.yml': `
- hosts: web
  become: yes
  vars:
    port: 80
  tasks:
    - name: Install nginx
      apt: name=nginx state=present
      notify: Restart nginx
      register: result
    - block:
        - command: echo {{ port }} creates=/x
          when: changed(result)
      tags: [a, b]
  handlers:
    - name: Restart nginx
      service: {name: nginx, state: restarted}
`,
  })
  expect(diagnostics.map(shown)).toEqual([])
  expect(program?.plays[0]?.sections[1]?.steps).toHaveLength(2)
})
