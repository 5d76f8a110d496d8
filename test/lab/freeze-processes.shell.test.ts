import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { freezeProcesses, thawProcesses } from '#lab/freeze-processes.ts'
import { processState, treeOf } from '#lab/processes.ts'

/** A shell that starts one program after the other, and says so after each. */
async function busyShell() {
  const shell = spawn('dash', ['-c', 'while :; do /bin/true; echo on; done'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  const pid = shell.pid ?? 0
  onTestFinished(() => {
    process.kill(-pid, 'SIGKILL')
  })
  await once(shell.stdout, 'data')
  return { pid, shell, tree: () => treeOf(pid) }
}

/** Resolves once nothing more comes for a while; what is in the pipe by then has been read. */
async function isSilent(shell: ChildProcessByStdio<null, Readable, null>): Promise<boolean> {
  await sleep(50)
  let bytes = 0
  const count = (chunk: Buffer) => {
    bytes += chunk.length
  }
  shell.stdout.on('data', count)
  await sleep(100)
  shell.stdout.off('data', count)
  return bytes === 0
}

it('a shell and what it starts are still from freeze to thaw', async () => {
  const { pid, shell, tree } = await busyShell()
  shell.stdout.resume()
  await freezeProcesses(tree, 'a shell')
  expect(await isSilent(shell)).toBe(true)
  await thawProcesses(tree)
  await once(shell.stdout, 'data')
  expect(await processState(pid)).toBe('running')
})

it('a shell that waits in vfork for a child that was stopped before its exec is frozen too', async () => {
  const { pid, shell, tree } = await busyShell()
  shell.stdout.resume()
  const stopTogether = async () => {
    process.kill(-pid, 'SIGCONT')
    await sleep(3)
    process.kill(-pid, 'SIGSTOP')
    await sleep(10)
    return (await readFile(`/proc/${pid}/status`, 'utf8')).includes('State:\tD')
  }
  let tries = 1
  while (!(await stopTogether())) if (++tries > 500) throw new Error('No stop came between vfork and exec.')
  expect(await processState(pid)).toBe('stopped')
  await freezeProcesses(tree, 'a shell')
  expect(await isSilent(shell)).toBe(true)
  await thawProcesses(tree)
  await once(shell.stdout, 'data')
})
