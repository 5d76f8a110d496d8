import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { HistoryIndex } from '#history/history-index.ts'
import { openDatabase } from '#history/open-database.ts'
import { processMark } from '#history/process-mark.ts'
import { origin, recapOf, taskEnd, writeRecord } from '../support/run-record.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await scratchFolder()
})

async function open(): Promise<HistoryIndex> {
  const index = await HistoryIndex.open(folder)
  onTestFinished(() => index.close())
  return index
}

const ids = (index: HistoryIndex, filter = {}) => index.runs(filter).map(({ id }) => id)

describe('what it knows of a run', () => {
  test('its origin, hosts and end', async () => {
    await writeRecord(folder, 'a', [taskEnd('web1', 't'), recapOf(['web1', 'db1'], 2)])
    const [run] = (await open()).runs()
    expect(run).toMatchObject({ ...origin, id: 'a', state: 'ended', exitCode: 2 })
    expect(Object.keys(run?.hosts ?? {})).toEqual(['web1', 'db1'])
  })

  test('a run whose process is alive is running', async () => {
    await writeRecord(folder, 'a', [taskEnd('web1', 't')])
    expect((await open()).runs()).toMatchObject([{ state: 'running' }])
  })

  test('a run whose process is gone without a recap is lost', async () => {
    const child = spawn('sleep', ['60'])
    await once(child, 'spawn')
    const mark = processMark(child.pid)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const path = await writeRecord(folder, 'a', [taskEnd('web1', 't')])
    const [head, ...rest] = (await readFile(path, 'utf8')).split('\n')
    await writeFile(path, [JSON.stringify({ ...JSON.parse(head ?? ''), process: mark }), ...rest].join('\n'))
    expect((await open()).runs()).toMatchObject([{ state: 'lost', hosts: {} }])
  })

  test('a record that a crash cut in the middle of a line is still read', async () => {
    const path = await writeRecord(folder, 'a', [taskEnd('web1', 't'), recapOf(['web1'])])
    await truncate(path, (await stat(path)).size - 20)
    expect((await open()).runs()).toMatchObject([{ id: 'a', state: 'running' }])
  })

  test('output that looks like a recap is none', async () => {
    const stdout = '{"type":"recap","exitCode":9}'
    await writeRecord(folder, 'a', [taskEnd('web1', 't', { stdout }), recapOf(['web1'])])
    expect((await open()).runs()).toMatchObject([{ exitCode: 0 }])
  })

  test('a record without its first line is passed over when nothing says when it ran', async () => {
    const path = await writeRecord(folder, 'a', [taskEnd('web1', 't')])
    await truncate(path, 10)
    expect(ids(await open())).toEqual([])
  })
})

describe('questions', () => {
  beforeEach(async () => {
    await writeRecord(folder, 'r1', [recapOf(['web1'])])
    await writeRecord(folder, 'r2', [recapOf(['db1'], 2)], { ...origin, playbooks: ['db/site.yml'] })
    await writeRecord(folder, 'r3', [recapOf(['web1', 'db1'])], {
      ...origin,
      due: { schedule: 'nightly', at: 5 },
    })
  })

  test.each([
    [{}, ['r3', 'r2', 'r1']],
    [{ host: 'db1' }, ['r3', 'r2']],
    [{ failed: true }, ['r2']],
    [{ playbook: 'db/' }, ['r2']],
    [{ schedule: 'nightly' }, ['r3']],
    [{ host: 'web1', limit: 1 }, ['r3']],
    [{ host: 'nobody' }, []],
  ])('%j', async (filter, expected) => {
    expect(ids(await open(), filter)).toEqual(expected)
  })
})

describe('the database is only an index', () => {
  test('it follows the records: new, grown and removed ones', async () => {
    await writeRecord(folder, 'a', [recapOf(['web1'])])
    const growing = await writeRecord(folder, 'b', [taskEnd('web1', 't')])
    expect(ids(await open(), { failed: true })).toEqual([])
    await rm(join(folder, 'runs', 'a.jsonl'))
    await appendFile(growing, `${JSON.stringify(recapOf(['web1'], 2))}\n`)
    expect(ids(await open())).toEqual(['b'])
    expect(ids(await open(), { failed: true })).toEqual(['b'])
  })

  test.each([
    ['deleted', (path: string) => rm(path)],
    ['overwritten', (path: string) => writeFile(path, 'this is no database at all, far from it')],
    ['damaged', (path: string) => writeFile(path, 'x'.repeat(5000), { flag: 'r+' })],
  ])('it is made anew when it was %s', async (_, harm) => {
    await writeRecord(folder, 'a', [recapOf(['web1'])])
    const first = await HistoryIndex.open(folder)
    first.close()
    await harm(join(folder, 'history.db'))
    expect(ids(await open())).toEqual(['a'])
  })

  test('it is made anew when it has the tables of another version', async () => {
    await writeRecord(folder, 'a', [recapOf(['web1'])])
    const other = openDatabase(join(folder, 'history.db'))
    other.exec('CREATE TABLE run (x); PRAGMA user_version = 999')
    other.close()
    expect(ids(await open())).toEqual(['a'])
  })

  test('eight at a time may bring it up to date', async () => {
    for (let i = 0; i < 20; i++) await writeRecord(folder, `r${i}`, [recapOf(['web1'])])
    const indexes = await Promise.all(Array.from({ length: 8 }, open))
    expect(indexes.map((index) => index.runs().length)).toEqual(Array(8).fill(20))
  })
})
