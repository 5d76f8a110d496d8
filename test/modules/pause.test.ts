import { expect, test } from 'vitest'
import pause from '#modules/pause.ts'
import type { Controller } from '#sdk/controller.ts'
import { openMemoryBench } from '../support/memory-bench.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test('waits and says how long it still takes', async () => {
  const { run, said } = openMemoryBench(() => '')
  const { result } = await run(pause, { seconds: 2.5 })
  expect(said).toEqual(['3 s left', '2 s left', '1 s left'])
  expect([result.changed, Number(result.data?.['delta']) >= 2]).toEqual([false, true])
})

test('does not wait in check mode', async () => {
  const { run, said } = openMemoryBench(() => '')
  const { result } = await run(pause, { minutes: 10 }, 'check')
  expect([result.changed, said]).toEqual([false, []])
})

test('asks a person and registers the answer', async () => {
  const asked: unknown[] = []
  const prompt: Controller['prompt'] = async (...question) => {
    asked.push(question)
    return 'yes'
  }
  const { result } = await bench().run(pause, { prompt: 'Go on?', echo: false }, { controller: { prompt } })
  expect(asked).toEqual([['Go on?: ', { echo: false }]])
  expect(result).toMatchObject({ changed: false, data: { user_input: 'yes' } })
})

test('warns when there is nobody to ask', async () => {
  const { result } = await bench().run(pause, {})
  expect(result.warnings).toEqual(['There is no terminal to ask at; the pause was passed over.'])
})
