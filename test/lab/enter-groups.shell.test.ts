import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { enterGroups } from '#lab/enter-groups.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

describe('entering cgroups', () => {
  it('writes the pid of the command itself and keeps its words', async () => {
    const folder = await scratchFolder()
    await writeFile(join(folder, 'cgroup.procs'), '')
    const [program = '', ...args] = enterGroups([folder], ['sh', '-c', 'echo $$ "$1"', 'sh', '-- a  b'])
    const { stdout } = await promisify(execFile)(program, args)
    expect(stdout).toBe(`${(await readFile(join(folder, 'cgroup.procs'), 'utf8')).trim()} -- a  b\n`)
  })
})
