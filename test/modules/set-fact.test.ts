import { expect, test } from 'vitest'
import setFact from '#modules/set-fact.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test('sets variables with the types they have, also in check mode', async () => {
  const facts = { port: 8080, on: true, hosts: ['a'], map: { x: null } }
  for (const mode of ['apply', 'check'] as const) {
    const { changes, result } = await bench().run(setFact, { ...facts, cacheable: true }, { mode })
    expect(changes).toEqual([])
    expect(result).toEqual({ data: { ansible_facts: facts }, effects: { facts } })
  }
})

test.each(['a-b', '1st', 'a b', ''])('refuses the name %j', async (name) => {
  await expect(bench().run(setFact, { [name]: 1 })).rejects.toThrow(
    `"${name}" is not the name of a variable.`,
  )
})
