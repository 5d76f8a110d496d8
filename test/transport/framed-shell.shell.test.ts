import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { newCounter } from '#transport/counter.ts'
import { FramedShell } from '#transport/framed-shell.ts'
import { LocalRoad } from '#transport/local-road.ts'
import { newNonce } from '#transport/nonce.ts'
import { PendingFrame } from '#transport/pending-frame.ts'

test('a shell whose frame does not end, whatever is done, takes no further frames', async () => {
  const road = new LocalRoad({ name: 'here', env: process.env, homeDirectory: homedir() })
  const wire = await road.open('exec /bin/sh')
  const shell = new FramedShell(wire, {
    count: newCounter(),
    nonce: newNonce(),
    endProcesses: async () => undefined,
    patienceMs: 20,
  })
  shell.start()
  await shell.ready
  const frame = new PendingFrame({ script: 'sleep 3', timeoutMs: 20 }, 1 << 20)
  shell.write([frame])
  await expect(frame.promise).rejects.toMatchObject({ reason: 'timeout' })
  expect(shell.alive).toBe(false)
  await road.close()
})
