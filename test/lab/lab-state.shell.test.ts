import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identify, isAlive } from '#lab/lab-state.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

describe('a process id', () => {
  it('stands for one process and ends with it', async () => {
    const child = execFile('sleep', ['60'])
    const id = await identify(child.pid ?? 0)
    expect(id && (await isAlive(id))).toBe(true)
    expect(id && (await isAlive({ ...id, startTicks: '1' }))).toBe(false)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect(id && (await isAlive(id))).toBe(false)
  })

  it('is read past any program name', async () => {
    const folder = await scratchFolder()
    const program = join(folder, 'a) R 1 (b')
    await writeFile(program, '#!/bin/sh\nread -r line\n', { mode: 0o755 })
    const child = execFile(program)
    const start = await identify(child.pid ?? 0)
    child.kill()
    expect(Number(start?.startTicks)).toBeGreaterThan(0)
  })
})
