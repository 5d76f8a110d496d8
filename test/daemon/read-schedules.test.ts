import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSchedules } from '#daemon/read-schedules.ts'
import { inFolder } from '../support/in-folder.ts'

async function read(text: string) {
  await inFolder({ 'schedules.yml': text, 'site.yml': '[]\n' })
  const { file, diagnostics } = await readSchedules('schedules.yml', [])
  const found = diagnostics.map(({ severity, range, message, remedy }) => ({
    severity,
    at: `${range?.start.line}:${range?.start.column}`,
    text: `${message} ${remedy ?? ''}`,
  }))
  return { file, found }
}

const entry = (lines: string) =>
  `zone: UTC\nschedules:\n  a:\n    cron: "0 4 * * *"\n    run: site.yml\n${lines}`

describe('what cannot be carried out is found with its place', () => {
  test.each([
    [
      'an hour that is none',
      'schedules:\n  a: {cron: "0 25 * * *", zone: UTC, run: site.yml}\n',
      '2:15',
      '"25" is wrong',
    ],
    [
      'a zone that is none',
      'schedules:\n  a: {cron: "@daily", zone: Europe/Berln, run: site.yml}\n',
      '2:29',
      'Did you mean "Europe/Berlin"?',
    ],
    ['no zone', 'schedules:\n  a: {cron: "@daily", run: site.yml}\n', '2:3', 'has no time zone'],
    [
      'a playbook that is not there',
      entry('').replace('site.yml', 'nope.yml'),
      '5:10',
      'There is no playbook "nope.yml".',
    ],
    [
      'neither run nor plan',
      'zone: UTC\nschedules:\n  a: {cron: "@daily"}\n',
      '3:3',
      'either what to run or what to plan',
    ],
    ['both run and plan', entry('    plan: site.yml\n'), '3:3', 'either what to run or what to plan'],
    ['an unknown key', entry('    retris: 3\n'), '6:5', 'Did you mean "retries"?'],
    ['a duration that is none', entry('    jitter: 5 minutes\n'), '6:13', 'Durations are written 90s'],
    ['a choice that is none', entry('    overlap: wait\n'), '6:14', 'skip'],
    [
      'a guest with two owners',
      entry('    vms: [101]\n  b:\n    cron: "@daily"\n    run: site.yml\n    vms: [102, 101]\n'),
      '10:16',
      'Guest 101 has two owners: "a" and "b".',
    ],
    [
      'an alert that goes nowhere',
      entry('alerts:\n  - on: [failure]\n'),
      '7:5',
      'Give one of webhook, ntfy and email.',
    ],
    ['an address that is none', entry('alerts:\n  - webhook: nowhere\n'), '7:14', 'This is no URL'],
    [
      'a maintenance window without its length',
      entry('maintenance:\n  - {name: x, cron: "@daily"}\n'),
      '7:5',
      'duration',
    ],
  ])('%s', async (_, text, at, said) => {
    const { file, found } = await read(text)
    expect(file).toBeUndefined()
    const errors = found.filter(({ severity }) => severity === 'error')
    expect(errors.map((one) => one.at)).toEqual([at])
    expect(errors[0]?.text).toContain(said)
  })

  test('all mistakes come at once', async () => {
    const { found } = await read('zone: Nowhere\nschedules:\n  a: {cron: x, run: y}\n  b: {cron: "@daily"}\n')
    expect(found.filter(({ severity }) => severity === 'error').length).toBeGreaterThanOrEqual(4)
  })
})

test('an address with a password is not repeated', async () => {
  const { found } = await read(entry('alerts:\n  - email: {smtp: "ftp://u:hunter22@x", from: a, to: b}\n'))
  expect(found.map(({ text }) => text).join()).not.toContain('hunter22')
})

test('a time in the hours when clocks change is a warning, unless the file says that it is meant', async () => {
  const at = (more: string) =>
    `schedules:\n  a: {cron: "0 2 * * *", zone: Europe/Berlin, run: site.yml${more}}\n`
  const warned = await read(at(''))
  expect(warned.found).toMatchObject([{ severity: 'warning', at: '2:13' }])
  expect(warned.file).toBeDefined()
  expect((await read(at(', gap: run-after'))).found).toEqual([])
  expect((await read(at('').replace('Europe/Berlin', 'Asia/Kolkata'))).found).toEqual([])
})

test('what is not said has its usual value', async () => {
  const { file } = await read(entry(''))
  expect(file?.schedules).toMatchObject([
    { name: 'a', zone: 'UTC', catchUp: 'latest', overlap: 'skip', gap: 'run-after', retries: 0, jitter: 0 },
  ])
})

test('the machines of a schedule are given to its playbook, whatever its variables say', async () => {
  const { file } = await read(entry('    vms: [101, 102]\n    extra_vars: { backups_vms: [103], x: 1 }\n'))
  expect(file?.schedules[0]?.extraVars).toEqual(['{"backups_vms":[103],"x":1}', '{"backups_vms":[101,102]}'])
})

test('a missing file is a wrong command line', async () => {
  await inFolder({})
  await expect(readSchedules('schedules.yml', [])).rejects.toThrow('There is no file "schedules.yml".')
})

test('values may be encrypted', async () => {
  // An identity made for this test by age-keygen's format, and a topic encrypted for it.
  const { newIdentityFile, sealAge } = await import('#load/age-file.ts')
  const identity = await newIdentityFile(new Date(0))
  const sealed = await sealAge(Buffer.from('https://ntfy.example/secret-topic'), {
    recipients: [identity.recipient],
  })
  await inFolder({ 'site.yml': '[]\n', identity: identity.text })
  writeFileSync(
    'schedules.yml',
    `${entry('')}alerts:\n  - ntfy: !vault |\n${sealed.trimEnd().replaceAll(/^/gm, '      ')}\n`,
  )
  const { file, diagnostics } = await readSchedules('schedules.yml', [
    { label: 'default', source: { file: 'identity' } },
  ])
  expect(diagnostics).toEqual([])
  expect(file?.alerts).toMatchObject([{ kind: 'ntfy', url: 'https://ntfy.example/secret-topic' }])

  const closed = await readSchedules('schedules.yml', [])
  expect(closed.file).toBeUndefined()
  expect(closed.diagnostics).toMatchObject([
    { severity: 'error', remedy: expect.stringContaining('--vault-password-file') },
  ])
})
