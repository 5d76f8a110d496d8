import { expect, it } from 'vitest'
import serviceFacts from '#modules/service-facts.ts'
import { openModuleBench } from '../support/module.ts'

it('lists the services of the host', async () => {
  const bench = openModuleBench()
  const { changes, result } = await bench.run(serviceFacts, {})
  expect(changes).toEqual([])
  expect(result.data?.['services']).toBeTypeOf('object')
  await bench.close()
})
