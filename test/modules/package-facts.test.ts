import { expect, it } from 'vitest'
import packageFacts from '#modules/package-facts.ts'
import { openModuleBench } from '../support/module.ts'

it('lists the packages of the host', async () => {
  const bench = openModuleBench()
  const { changes, result } = await bench.run(packageFacts, {})
  expect(changes).toEqual([])
  expect(result.data?.['packages']).toBeTypeOf('object')
  await bench.close()
})
