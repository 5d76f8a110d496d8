import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startTsplay } from '../support/tsplay.ts'

const project = await realpath(await mkdtemp(join(tmpdir(), 'tsplay-lab-cli-')))
const tsplay = (...words: string[]) => startTsplay(words, { cwd: project }).end

afterAll(async () => {
  await tsplay('lab', 'down')
  await rm(project, { recursive: true })
})

describe('tsplay lab', () => {
  it('shows nothing before there is a lab, and refuses to log in', async () => {
    expect((await tsplay('lab', 'status', '--json')).stdout).toBe('{"lab":"default","hosts":[]}\n')
    expect(await tsplay('lab', 'ssh', 'app1')).toMatchObject({ code: 5 })
  })

  it('brings hosts up and shows where they are', async () => {
    const up = await tsplay('lab', 'up', 'app1', 'cache1')
    expect(up).toMatchObject({ code: 0 })
    expect(up.stdout).toMatch(
      /^HOST .*\napp1 +app +127\.10\.\d+\.11:\d+ +10\.10\.0\.11 +ready .*\ncache1 +cache /,
    )
    expect(up.stderr).toContain('.tsplay/lab/default/inventory.yml')
    const status = JSON.parse((await tsplay('lab', 'status', '--json')).stdout)
    expect(status.hosts).toMatchObject([
      { name: 'app1', ssh: 'ready' },
      { name: 'cache1', ssh: 'ready' },
    ])
  })

  it('writes an inventory that commands can use at once', async () => {
    const end = await tsplay('exec', 'all', '-i', '.tsplay/lab/default/inventory.yml', '--', 'uname', '-n')
    expect(end.code).toBe(0)
    expect(end.stdout).toMatch(/app1/)
  })

  it('runs a command on a host and tells how it ended', async () => {
    expect(await tsplay('lab', 'ssh', 'app1', '--', 'uname', '-n')).toMatchObject({
      code: 0,
      stdout: 'app1\n',
    })
    expect((await tsplay('lab', 'ssh', 'app1', '--', 'false')).code).toBe(2)
    expect((await tsplay('lab', 'ssh', 'nobody')).stderr).toContain('It has app1, cache1.')
    expect(await tsplay('lab', 'fault', 'app1', 'zpool', '--exit', '1')).toMatchObject({
      code: 5,
      stderr:
        "error: app1 has no double of zpool. Name what it shall have under `doubles` in the lab's file.\n",
    })
  })

  it('is interrupted without leaving anything', async () => {
    const running = startTsplay(['lab', 'up', '--lab', 'other', 'a'], { cwd: project })
    await running.says('Starting a')
    running.process.kill('SIGINT')
    expect((await running.end).code).toBe(130)
    expect((await tsplay('lab', 'status', '--lab', 'other')).stderr).toContain('There is no lab "other"')
  })

  it('takes the hosts down', async () => {
    expect((await tsplay('lab', 'down')).stderr).toContain('nothing of it is left')
    expect((await tsplay('lab', 'status')).stderr).toContain('There is no lab "default"')
  })
})
