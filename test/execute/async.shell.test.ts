import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { ownHome } from '../support/own-home.ts'
import { type ProjectText, playIn } from '../support/play.ts'
import { writeFiles } from '../support/write-files.ts'

/** Jobs are kept in the acting user's home: a folder of the test's own. */
async function playAtHome(site: string) {
  const home = await ownHome()
  const files: ProjectText = {
    'inventory.yml': 'all: { hosts: { a: { connection: local } } }',
    'site.yml': site.replace('- hosts: a', `- hosts: a\n  environment: {}\n  vars: { home: ${home} }`),
  }
  const folder = await writeFiles(files)
  return { run: await playIn(folder), folder, home }
}

test('waits for a detached command and gives its result', async () => {
  const { run, home } = await playAtHome(`
- hosts: a
  tasks:
    - name: t
      shell: 'echo $WORD; echo err >&2; pwd; umask; exit 3'
      environment: { WORD: "it's" }
      async: 30
      poll: 1
      register: r
      failed_when: r.rc != 3
`)
  expect(run.ended('t')).toMatchObject({
    status: 'changed',
    rc: 3,
    stdout: `it's\n${home}\n0022`,
    stderr: 'err',
  })
  expect(existsSync(join(home, '.tsplay/jobs'))).toBe(true)
})

test('survives that the connection is dropped in the middle', async () => {
  const { run } = await playAtHome(`
- hosts: a
  tasks:
    - { name: start, shell: 'sleep 1; echo done', async: 30, poll: 0, register: job }
    - meta: reset_connection
    - name: wait
      async_status: { jid: "{{ job.ansible_job_id }}" }
      register: r
      until: r.finished == 1
      retries: 100
      delay: 0.1
`)
  expect(run.ended('start')).toMatchObject({ status: 'changed', data: { started: 1, finished: 0 } })
  expect(run.ended('wait').stdout).toBe('done')
})

test('goes on with the next task at once with poll: 0', async () => {
  const { run } = await playAtHome(`
- hosts: a
  tasks:
    - { name: start, shell: 'while [ -d {{ home }} ] && [ ! -e {{ home }}/gate ]; do sleep 0.1; done', async: 30, poll: 0 }
    - { name: now, file: { path: "{{ home }}/gate", state: touch } }
`)
  expect(run.ended('now').status).toBe('changed')
})

test('ends a job that is over its limit, and all that it started', async () => {
  // No other program of this machine sleeps as long.
  const seconds = 200_000 + process.pid
  const { run } = await playAtHome(`
- hosts: a
  tasks:
    - { name: t, shell: 'echo begun; sleep ${seconds}; echo over', async: 1, poll: 1, ignore_errors: true }
`)
  expect(run.ended('t')).toMatchObject({ status: 'failed', ignored: true })
  expect(run.said('t')).toContain('1 s')
  await vi.waitFor(async () => expect(await running(`sleep\0${seconds}\0`)).toEqual([]), { timeout: 10_000 })
})

test('fails for a job that does not exist', async () => {
  const { run } = await playAtHome(`
- hosts: a
  tasks: [{ name: t, async_status: { jid: "123.4" } }]
`)
  expect(run.ended('t').status).toBe('failed')
  expect(run.said('t')).toBe('could not find job')
})

test('leaves no process behind when a job ends before its limit', async () => {
  // No other job has this limit, so that its watch is told from those of other tests.
  const limit = 100_000 + process.pid
  const { run } = await playAtHome(`
- hosts: a
  tasks:
    - { name: t, shell: 'sleep 0.5; echo done', async: ${limit}, poll: 1 }
`)
  expect(run.ended('t').stdout).toBe('done')
  await vi.waitFor(async () => expect(await running(`sleep\0${limit}\0`)).toEqual([]), { timeout: 10_000 })
})

/** The ids of processes with this command line, as Linux writes it: each word ends in a zero byte. */
async function running(commandLine: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return ids.filter((_, i) => lines[i] === commandLine)
}
