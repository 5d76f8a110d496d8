import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAlive, processMark } from '#history/process-mark.ts'

test('this process is alive', () => {
  const mark = processMark()
  expect(mark?.pid).toBe(process.pid)
  expect(mark && isAlive(mark)).toBe(true)
})

test('a process that ended is not, and neither is a later one with its number', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const mark = processMark(child.pid)
  expect(mark && isAlive(mark)).toBe(true)
  expect(mark && isAlive({ ...mark, started: '1' })).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(mark && isAlive(mark)).toBe(false)
  expect(processMark(child.pid)).toBeUndefined()
})

test('a process before the last start of the machine has ended', () => {
  const mark = processMark()
  expect(mark && isAlive({ ...mark, boot: 'another' })).toBe(false)
})

test('a process of another machine cannot be seen and counts as alive', () => {
  expect(isAlive({ host: 'elsewhere.example', pid: 1 })).toBe(true)
})
