import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  endProcesses,
  hostMark,
  labMark,
  markedProcesses,
  memoryOfProcesses,
  treeOf,
} from '#lab/processes.ts'

/** A shell with a child, both of which live until they are ended. */
async function family(env: Readonly<Record<string, string>> = {}) {
  const shell = spawn('sh', ['-c', 'sleep 1000 & echo up; wait'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  const pid = shell.pid ?? 0
  onTestFinished(() => endGroup(pid))
  await once(shell.stdout, 'data')
  return { pid }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The test has ended them all.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

describe('processes of a lab', () => {
  it('are found by the mark of the lab, or of one of its hosts', async () => {
    const [lab, host] = [`tsplay-test-${process.pid}`, 'web1']
    const { pid } = await family({ [labMark]: lab, [hostMark]: host })
    const tree = await treeOf(pid)
    expect(tree).toHaveLength(2)
    expect(await markedProcesses(lab)).toEqual(expect.arrayContaining(tree))
    expect(await markedProcesses(lab, host)).toEqual(expect.arrayContaining(tree))
    expect(await markedProcesses(lab, 'web2')).toEqual([])
    expect(await markedProcesses(`${lab}0`)).toEqual([])
    await endProcesses(() => markedProcesses(lab), lab)
    expect(await markedProcesses(lab)).toEqual([])
  })

  it('need memory of their own', async () => {
    const { pid } = await family()
    expect(await memoryOfProcesses(await treeOf(pid))).toBeGreaterThan(10_000)
    expect(await memoryOfProcesses([])).toBe(0)
  })
})
