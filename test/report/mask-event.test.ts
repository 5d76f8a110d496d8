import { describe, expect, it } from 'vitest'
import { Redactor } from '#base/redactor.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'
import { maskEvent } from '#report/mask-event.ts'
import { fullEvents, itemEnd, recap, taskEnd } from '../support/events.ts'

const redactor = new Redactor()
redactor.add('hunter22')
redactor.add('4711')

const noisy = {
  msg: 'the password is hunter22',
  stdout: 'hunter22\n',
  stderr: 'hunter22',
  because: 'hunter22 is empty',
  warnings: ['hunter22'],
  remedy: 'Change hunter22.',
  unsettled: ['hunter22'],
  changes: [
    { field: 'password', before: 'old', after: 'hunter22' },
    { field: 'pin', before: 1, after: 4711 },
  ],
  diffs: [{ path: '/etc/x', before: undefined, after: 'pw=hunter22\n' }],
  data: { token: 'aHVudGVyMjI=', hunter22: true, list: [{ pin: 4711n }], map: new Map([['k', 'hunter22']]) },
}

describe('maskEvent', () => {
  it('hides secrets in every text and value of a task', () => {
    const end = taskEnd('web1', { ...noisy, task: 'Set hunter22', results: [{ stdout: 'hunter22' }] })
    const text = JSON.stringify(maskEvent(end, redactor), (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
    expect(text).not.toMatch(/hunter22|4711|aHVudGVyMjI/)
    expect(text).toContain('Set ***')
  })

  it('hides them in items, progress, warnings, diagnostics and the recap', () => {
    const range = {
      file: 'a.yml',
      start: { line: 1, column: 1, offset: 0 },
      end: { line: 1, column: 2, offset: 1 },
    }
    const events = [
      itemEnd('web1', 'hunter22', noisy),
      {
        type: 'progress',
        play: 'p',
        task: 't',
        taskId: 'i',
        module: 'm',
        source: 's',
        host: 'h',
        text: 'hunter22',
      },
      { type: 'warning', message: 'hunter22' },
      {
        type: 'diagnostic',
        diagnostic: {
          code: 'bad-argument',
          severity: 'error',
          message: 'hunter22',
          remedy: 'hunter22',
          range,
          related: [{ message: 'hunter22', range }],
        },
      },
      recap({
        failures: [{ host: 'web1', task: 'hunter22', reason: 'hunter22' }],
        pendingHandlers: { web1: ['hunter22'] },
      }),
    ] as const
    const texts = events.map((event) =>
      JSON.stringify(maskEvent(event, redactor), (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      ),
    )
    expect(texts.filter((text) => text.includes('hunter22'))).toEqual([])
  })

  it('leaves what events are matched by, even when a secret is an everyday word', () => {
    const everyday = new Redactor()
    for (const word of ['task', 'failed', 'web1', 'template', '1234']) everyday.add(word)
    expect(maskEvent(taskEnd('web1', { status: 'failed', durationMs: 1234 }), everyday)).toMatchObject({
      type: 'task',
      host: 'web1',
      status: 'failed',
      module: 'template',
      taskId: 'site.yml:12:5',
      durationMs: 1234,
    })
    expect(maskEvent(recap({ durationMs: 1234 }), everyday)).toMatchObject({
      durationMs: 1234,
      hosts: { web1: { ok: 3 } },
    })
  })

  it('keeps values that check mode cannot know and hides tainted ones', () => {
    const unknown = new Unknown('Create the key')
    const changes = [{ field: 'key', before: new Secret('x'), after: unknown }]
    expect(maskEvent(taskEnd('web1', { changes }), redactor)).toMatchObject({
      changes: [{ field: 'key', before: '***', after: unknown }],
    })
  })

  it('passes events on as they are while nothing is secret', () => {
    const idle = new Redactor()
    for (const event of fullEvents) expect(maskEvent(event, idle)).toBe(event)
  })

  it('says nothing of a no_log task but that it ran and which fields changed', () => {
    const masked = maskEvent(
      taskEnd('web1', { ...noisy, noLog: true, rc: 1, results: [{ stdout: 'x' }] }),
      new Redactor(),
    )
    expect(masked).not.toHaveProperty('stdout')
    expect(masked).not.toHaveProperty('stderr')
    expect(masked).not.toHaveProperty('data')
    expect(masked).not.toHaveProperty('results')
    expect(masked).toMatchObject({
      noLog: true,
      rc: 1,
      msg: '*** (no_log)',
      diffs: [],
      changes: [
        { field: 'password', before: '***', after: '***' },
        { field: 'pin', before: '***', after: '***' },
      ],
    })
  })

  it('hides the items of a no_log loop', () => {
    expect(maskEvent(itemEnd('web1', 'alice', { noLog: true }), new Redactor())).toMatchObject({
      item: '***',
      label: '***',
    })
  })
})
