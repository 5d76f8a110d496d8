import { expect, test } from 'vitest'
import { abortable, play, threeHosts } from '../support/play.ts'

test('ends in the middle of a command with a recap, and runs nothing more', async () => {
  const stop = abortable()
  const run = await play(
    {
      'inventory.yml': threeHosts,
      'site.yml': `
- hosts: all
  tasks:
    - { name: one, debug: { msg: x } }
    - { name: two, shell: 'echo begun; exec sleep 600' }
    - { name: three, debug: { msg: x } }
  handlers: [{ name: H, debug: { msg: x } }]
- hosts: all
  tasks: [{ name: later, debug: { msg: x } }]
`,
    },
    {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'progress') stop.abort()
      },
    },
  )
  expect(run.begun).toEqual(['one', 'two'])
  expect(run.recap).toMatchObject({ exitCode: 130, interrupted: true })
  expect(run.events.at(-1)?.type).toBe('recap')
})

test.each([
  ['a pause', '{ name: t, pause: { seconds: 600 } }'],
  ['the delay between attempts', '{ name: t, command: "false", retries: 5, delay: 600 }'],
  ['a pause between items', '{ name: t, debug: { msg: x }, loop: [1, 2], loop_control: { pause: 600 } }'],
])('ends in %s', async (_, task) => {
  const stop = abortable()
  const run = await play(`- { hosts: a, tasks: [${task}, { name: never, debug: { msg: x } }] }`, {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'progress' || event.type === 'item') stop.abort()
    },
  })
  expect(run.begun).toEqual(['t'])
  expect(run.recap.exitCode).toBe(130)
})

test('neither rescue nor always nor handlers run after an interruption', async () => {
  const stop = abortable()
  const run = await play(
    `
- hosts: a
  force_handlers: true
  tasks:
    - { name: change, command: "true", notify: H }
    - block: [{ name: t, shell: 'echo x; exec sleep 600' }]
      rescue: [{ name: saved, debug: { msg: x } }]
      always: [{ name: last, debug: { msg: x } }]
  handlers: [{ name: H, debug: { msg: x } }]
`,
    {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.task === 't') stop.abort()
      },
    },
  )
  expect(run.begun).toEqual(['change', 't'])
  expect(run.recap).toMatchObject({ exitCode: 130, pendingHandlers: { a: ['H'] } })
})
