import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startJobScript } from '#execute/async-job.ts'
import asyncStatus from '#modules/async-status.ts'
import { Script } from '#sdk/quote.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

describe('async_status', () => {
  const id = `tsplay-t-${process.pid}`
  const folder = join(homedir(), '.tsplay/jobs', id)
  const bench = withBench(async () => rmSync(folder, { recursive: true, force: true }))
  const ask = async () => (await bench().run(asyncStatus, { jid: id })).result

  it('follows a job that the engine started, and cleans up after it', async () => {
    const gate = join(bench().folder, 'gate')
    const script = `echo out; echo err >&2; until [ -e ${gate} ]; do sleep 0.05; done; exit 3`
    await bench().session.asActor(async (actor) => {
      const writer = bench().session.writer(actor, { as: undefined, touches: [] })
      await writer.run(new Script(startJobScript({ id, script, env: {}, limitSeconds: 60 })))
    })
    expect((await ask()).data).toMatchObject({ ansible_job_id: id, started: 1, finished: 0 })
    writeFileSync(gate, '')
    for (let tries = 0; tries < 100 && (await ask()).data?.['finished'] !== 1; tries += 1);
    expect(await ask()).toMatchObject({
      failed: true,
      msg: 'The job ended with exit code 3.',
      data: { finished: 1, rc: 3, stdout: 'out', stderr: 'err', stdout_lines: ['out'] },
    })
    expect(fieldsOf(await bench().converge(asyncStatus, { jid: id, mode: 'cleanup' }))).toEqual(['job'])
  })

  it('tells of a job whose process is gone', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'pid'), '4194304\n')
    expect(await ask()).toMatchObject({
      failed: true,
      msg: 'The job ended without an exit code.',
      data: { finished: 1 },
    })
    rmSync(folder, { recursive: true })
  })

  it('takes a job for running until its exit code is written', async () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'pid'), '4194304\n')
    writeFileSync(join(folder, 'keeper'), `${process.pid}\n`)
    expect(await ask()).toMatchObject({ changed: false, data: { finished: 0 } })
    writeFileSync(join(folder, 'rc'), '0\n')
    expect(await ask()).toMatchObject({ changed: true, data: { finished: 1, rc: 0 } })
  })

  it('fails for a job that nobody started', async () => {
    await expect(bench().run(asyncStatus, { jid: 'tsplay-t-nosuch' })).rejects.toThrow('could not find job')
  })
})
