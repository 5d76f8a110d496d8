import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labSpec } from '#app/lab-spec.ts'
import type { LabRequest } from '#app/requests.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

type Up = Partial<Extract<LabRequest, { action: 'up' }>>

async function ask(request: Up) {
  const terminal = memoryTerminal()
  const answer = await labSpec({ action: 'up', lab: 'default', hosts: [], ...request }, terminal)
  return { answer, said: terminal.stderr.text }
}

describe('what lab up was asked for', () => {
  it('is the hosts that are named', async () => {
    const { answer } = await ask({ lab: 'mine', hosts: ['etcd1', 'etcd2'] })
    expect(answer).toMatchObject({
      name: 'mine',
      hosts: [{ name: 'etcd1', groups: ['etcd'] }, { name: 'etcd2' }],
    })
  })

  it('is a number of hosts', async () => {
    const { answer } = await ask({ count: 2 })
    expect(answer).toMatchObject({ hosts: [{ name: 'web1' }, { name: 'db1' }] })
  })

  it('is what a file says', async () => {
    const file = join(await scratchFolder(), 'some.yml')
    await writeFile(file, 'hosts: { a1: [x] }\nsuite: trixie\n')
    expect((await ask({ file })).answer).toMatchObject({
      suite: 'trixie',
      hosts: [{ name: 'a1', groups: ['x'] }],
    })
  })

  it.each<[Up, string]>([
    [{ hosts: ['Web'] }, '"Web" is no name for a lab or host.'],
    [{ hosts: ['a'], lab: '../x' }, '"../x" is no name for a lab or host.'],
    [{ file: 'x.yml', lab: '-' }, '"-" is no name for a lab or host.'],
    [{ hosts: ['a', 'a'] }, 'A host is named twice.'],
    [{ count: 0 }, 'A lab has 1 to 240 hosts.'],
    [{ count: 241 }, 'A lab has 1 to 240 hosts.'],
    [{ file: '/nonexistent/lab.yml' }, 'The lab file /nonexistent/lab.yml cannot be read (ENOENT).'],
  ])('%j is a usage error that says why', async (request, message) => {
    const { answer, said } = await ask(request)
    expect(answer).toEqual({ exitReason: 'usage' })
    expect(said).toContain(message)
  })

  it.each([
    ['hosts: [A]', 'lower-case'],
    ['hosts: [a', 'error['],
    ['', 'A lab file is a mapping'],
  ])('a file with %j has errors with their place', async (text, message) => {
    const file = join(await scratchFolder(), 'lab.yml')
    await writeFile(file, text)
    const { answer, said } = await ask({ file })
    expect(answer).toEqual({ exitReason: 'project' })
    expect(said).toContain(message)
  })
})
