import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Resource } from '#model/change.ts'
import { defineFact, defineKeyedFact } from '#sdk/fact.ts'
import { memorySession } from '../support/host-session.ts'

const size = defineKeyedFact<number>({
  name: 'size',
  summary: 'Length of a name.',
  script: (keys) => `size ${keys.join(' ')}`,
  reads: (name) => [{ kind: 'path', name }],
  parse: ({ stdout }) => stdout.split(' ').map(Number),
})
const kernel = defineFact<string>({
  name: 'kernel',
  summary: 'Name of the kernel.',
  script: 'uname',
  reads: [],
  parse: ({ stdout }) => stdout,
})

const answer = (script: string): string => {
  const [command, ...words] = script.split(' ')
  return command === 'size' ? words.map((word) => word.length).join(' ') : `did ${script}`
}
const host = () => memorySession((frame) => answer(frame.script))
const path = (name: string): Resource => ({ kind: 'path', name })

test('joins all questions of one kind into one frame, and all frames into one flight', async () => {
  const { session, flights } = host()
  const answers = await Promise.all(
    ['/a', '/bb', '/ccc'].map((name) =>
      session.asActor(async (actor) => {
        const reader = session.reader(actor, { as: undefined })
        return Promise.all([reader.fact(size, name), reader.fact(kernel)])
      }),
    ),
  )
  expect(answers.map(([length]) => length)).toEqual([2, 3, 4])
  expect(flights.map((frames) => frames.map(({ script }) => script))).toEqual([['size /a /bb /ccc', 'uname']])
})

test('waits with a flight until every actor waits', async () => {
  const { session, flights } = host()
  const late = session.asActor(async (actor) => {
    for (let i = 0; i < 5; i += 1) await Promise.resolve()
    return session.reader(actor, { as: undefined }).fact(size, '/late')
  })
  const early = session.asActor((actor) => session.reader(actor, { as: undefined }).fact(size, '/early'))
  await Promise.all([late, early])
  expect(flights).toHaveLength(1)
})

test('remembers an answer until a write touches what it was read from', async () => {
  const { session, flights } = host()
  const ask = (name: string) =>
    session.asActor((actor) => session.reader(actor, { as: undefined }).fact(size, name))
  await ask('/etc/app.conf')
  await ask('/etc/app.conf')
  expect(flights).toHaveLength(1)
  session.store.forget([path('/srv')])
  await ask('/etc/app.conf')
  expect(flights).toHaveLength(1)
  session.store.forget([path('/etc')])
  await ask('/etc/app.conf')
  expect(flights).toHaveLength(2)
})

test('keeps the answers of different users apart', async () => {
  const { session, flights } = host()
  const ask = (user: string | undefined) =>
    session.asActor((actor) =>
      session.reader(actor, { as: user ? { user, method: 'sudo' } : undefined }).fact(size, '/a'),
    )
  await ask(undefined)
  await ask('root')
  await ask('root')
  expect(flights.map(([frame]) => frame?.as?.user)).toEqual([undefined, 'root'])
})

test('sends writes before reads of the same flight, and keeps answers that left with the last write', async () => {
  const { session, flights } = host()
  const touched = [path('/etc/app.conf')]
  session.store.forget(touched)
  await session.asActor(async (actor) => {
    const writer = session.writer(actor, { as: undefined, touches: touched })
    const written = writer.run(['tee', '/etc/app.conf'])
    const read = session.asActor((other) =>
      session.reader(other, { as: undefined }).fact(size, '/etc/app.conf'),
    )
    await written
    writer.finish()
    await read
  })
  expect(flights.map((frames) => frames.map(({ script }) => script))).toEqual([
    ['tee /etc/app.conf', 'size /etc/app.conf'],
  ])
  await session.asActor((actor) => session.reader(actor, { as: undefined }).fact(size, '/etc/app.conf'))
  expect(flights).toHaveLength(1)
})

test('forgets answers that left before the last of several writes', async () => {
  const { session, flights } = host()
  const touched = [path('/a')]
  await session.asActor(async (actor) => {
    const writer = session.writer(actor, { as: undefined, touches: touched })
    const first = writer.run(['one'])
    const read = session.asActor((other) => session.reader(other, { as: undefined }).fact(size, '/a'))
    await Promise.all([first, read])
    await writer.run(['two'])
    writer.finish()
  })
  await session.asActor((actor) => session.reader(actor, { as: undefined }).fact(size, '/a'))
  expect(flights.map((frames) => frames.map(({ script }) => script))).toEqual([
    ['one', 'size /a'],
    ['two'],
    ['size /a'],
  ])
})

test('what a module asks after a write of its own is asked anew each time', async () => {
  let written = 0
  const { session } = memorySession(({ script }) => {
    if (script === 'size /a') return String(written)
    written += 1
    return ''
  })
  const seen = await session.asActor(async (actor) => {
    const writer = session.writer(actor, { as: undefined, touches: [path('/a')] })
    const before = await writer.fact(size, '/a')
    const first = writer.run(['grow'])
    // As the question does that asks whether the task has settled, with the flight of its first write.
    const other = session.asActor((one) => session.reader(one, { as: undefined }).fact(size, '/a'))
    await first
    await writer.run(['grow'])
    const after = await writer.fact(size, '/a')
    written = 7
    return [before, await other, after, await writer.fact(size, '/a')]
  })
  expect(seen).toEqual([0, expect.any(Number), 2, 7])
})

test('fails everybody who waits for a frame, and asks again when asked again', async () => {
  let broken = true
  const { session } = memorySession(({ script }) => {
    if (broken) throw new Error('cut')
    return answer(script)
  })
  const ask = () => session.asActor((actor) => session.reader(actor, { as: undefined }).fact(size, '/a'))
  await expect(Promise.all([ask(), ask()])).rejects.toThrow('cut')
  broken = false
  expect(await ask()).toBe(2)
})

const place = defineKeyedFact<string>({
  name: 'place',
  summary: 'Where a path leads.',
  script: (keys) => `place ${keys.join(' ')}`,
  reads: (name) => [{ kind: 'path', name }],
  standsFor: (real) => (real === '' ? [] : [{ kind: 'path', name: real }]),
  parse: ({ stdout }, keys) => keys.map(() => stdout),
})

test('forgets what was read by the name of a link when the file behind it is written', async () => {
  const { session, flights } = memorySession(({ script }) =>
    script.startsWith('place') ? '/srv/app.conf' : '7',
  )
  const ask = () =>
    session.asActor((actor) => {
      const reader = session.reader(actor, { as: undefined })
      return Promise.all([reader.fact(place, '/etc/alias'), reader.fact(size, '/etc/alias')])
    })
  await ask()
  session.store.forget([path('/srv/other.conf')])
  await ask()
  expect(flights).toHaveLength(1)
  session.store.forget([path('/srv/app.conf')])
  await ask()
  expect(flights).toHaveLength(2)
})

test('lets questions that follow from answers of one flight leave together, whichever answer is slow', async () => {
  const { session, flights } = memorySession(async ({ script }) => {
    if (script.startsWith('slow')) await sleep(30)
    return script
  })
  const twice = (first: readonly string[], second: readonly string[]) =>
    session.asActor(async (actor) => {
      const reader = session.reader(actor, { as: undefined })
      await reader.read(first)
      return reader.read(second)
    })
  await Promise.all([twice(['quick'], ['after quick']), twice(['slow'], ['after slow'])])
  expect(flights.map((frames) => frames.length)).toEqual([2, 2])
})

test('opens no connection after its end', async () => {
  const { session, flights } = host()
  await session.close()
  const late = session.asActor((actor) => session.reader(actor, { as: undefined }).fact(kernel))
  await expect(late).rejects.toMatchObject({ reason: 'unreachable' })
  expect(flights).toEqual([])
})
