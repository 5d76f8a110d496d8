import { expect, test } from 'vitest'
import reboot from '#modules/reboot.ts'
import { withLabHost } from '../support/lab.ts'

const host = withLabHost('reboots')

test('reboots a real host, comes back to it, and leaves nothing behind', async () => {
  const look = 'cat /proc/sys/kernel/random/boot_id; systemctl is-active ssh'
  const before = await host().look(look)
  const { result } = await host().run(reboot, {
    test_command: 'systemctl is-active ssh',
    reboot_timeout: 120,
  })
  expect(result.data).toEqual({ rebooted: true, elapsed: expect.any(Number) })
  const after = await host().look(look)
  expect([after === before, after.split('\n')[1]]).toEqual([false, 'active'])
  expect(await host().look('ls -A /tmp | grep tsplay-reboot || :')).toBe('')
})
