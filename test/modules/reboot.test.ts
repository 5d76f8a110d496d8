import { describe, expect, test } from 'vitest'
import { HostError } from '#model/host-error.ts'
import reboot from '#modules/reboot.ts'
import { openMemoryBench } from '../support/memory-bench.ts'

interface Machine {
  readonly seen: string[]
  /** Questions asked since the reboot was started. */
  asked: number
  isRebooting: boolean
}

/** A host that is away for some questions after its reboot was started, then has a new boot id. */
function machine(options: { away?: number; neverDown?: boolean; fails?: string; tests?: number } = {}) {
  const { away = 3, neverDown = false, fails, tests = 0 } = options
  const state: Machine = { seen: [], asked: 0, isRebooting: false }
  let testsLeft = tests
  const bench = openMemoryBench(({ script }) => {
    state.seen.push(script)
    if (/sleep \d+;/.test(script)) {
      state.isRebooting = true
      throw new HostError('connection-lost', 'The connection broke.')
    }
    if (!state.isRebooting) return 'old\n'
    state.asked += 1
    if (fails !== undefined) return { rc: 99, stdout: fails }
    if (neverDown) return 'old\n'
    // The second answer is that of a host which lets nobody in yet.
    const reason = state.asked === 2 ? 'authentication' : 'unreachable'
    if (state.asked <= away) throw new HostError(reason, 'No answer.')
    if (!script.includes('boot_id') && !script.includes('uptime')) return { rc: testsLeft-- > 0 ? 1 : 0 }
    return 'new\n'
  })
  return { state, ...bench }
}

describe('reboot', () => {
  test('waits until the host is back with another boot', async () => {
    const host = machine()
    const { result, changes, unsettled } = await host.run(reboot, {})
    expect(result.data).toMatchObject({ rebooted: true })
    expect(changes).toEqual([{ field: 'boot', before: 'old', after: 'a new one' }])
    expect(unsettled).toEqual([])
    expect(host.said.at(0)).toBe('rebooting')
    expect(host.said.at(-1)).toMatch(/^waiting for the host, \d+ of 600 s$/)
  })

  test('survives the loss of its own connection and waits for the test command', async () => {
    const host = machine({ tests: 2 })
    const { result } = await host.run(reboot, { test_command: 'is-up' })
    expect(result.data?.['rebooted']).toBe(true)
    expect(host.state.seen.filter((script) => script === 'is-up')).toHaveLength(3)
  })

  test('does not take a broken connection for a reboot', async () => {
    const host = machine({ neverDown: true })
    await expect(host.run(reboot, { reboot_timeout: 5 })).rejects.toThrow(
      'Timed out waiting for reboot (timeout=5)',
    )
  })

  test('fails at once when the command fails', async () => {
    const host = machine({ fails: 'must be root\n' })
    await expect(host.run(reboot, {})).rejects.toThrow('The reboot command failed: must be root')
  })

  test('only says so in check mode', async () => {
    const host = machine()
    const { changes, result } = await host.run(reboot, {}, 'check')
    expect([changes.length, result.data?.['rebooted'], host.state.isRebooting]).toEqual([1, false, false])
  })

  test('starts the command apart from the connection, whatever it holds', async () => {
    const host = machine()
    await host.run(reboot, { reboot_command: "echo 'x y' && go", msg: "it's" })
    const script = host.state.seen.find((one) => one.includes('setsid'))
    expect(script).toContain('</dev/null >/dev/null 2>&1 &')
    expect(script).toContain("echo '\\''x y'\\'' && go")
  })
})
