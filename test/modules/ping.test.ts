import { expect, test } from 'vitest'
import ping from '#modules/ping.ts'
import { withBench } from '../support/with-bench.ts'

const bench = withBench()

test.each(['pong', "it's $HOME `x`"])('has the host answer %s', async (data) => {
  const { changes, result } = await bench().converge(ping, { data })
  expect([changes, result.data]).toEqual([[], { ping: data }])
})
