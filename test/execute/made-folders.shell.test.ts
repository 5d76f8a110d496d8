import { expect, test } from 'vitest'
import { play } from '../support/play.ts'

test.each([0, 64])(
  'folders that a task made above its own are there for later tasks: readahead %i',
  async (readahead) => {
    const run = await play(
      `
- hosts: a
  vars: { root: "{{ playbook_dir }}/made" }
  tasks:
    - { name: look, stat: { path: "{{ root }}/etc/motd" } }
    - { name: folder, file: { path: "{{ root }}/etc/site", state: directory } }
    - { name: beside, copy: { dest: "{{ root }}/etc/motd", content: hello } }
    - { name: read, slurp: { src: "{{ root }}/etc/motd" }, register: motd }
    - { name: show, debug: { msg: "{{ b64decode motd.content }}" } }
`,
      { readahead },
    )
    expect(run.said('show')).toBe('hello')
  },
)
