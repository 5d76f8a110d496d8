import { describe, expect, it } from 'vitest'
import type { Lack } from '#lab/backend.ts'
import { backendNames } from '#lab/backend-name.ts'
import { backendOf, backends } from '#lab/backends.ts'
import { pickBackend } from '#lab/choose-backend.ts'

const lacking = (lacks: Readonly<Record<string, readonly Lack[]>>) =>
  backends.map((backend) => ({ ...backend, lacks: async () => lacks[backend.name] ?? [] }))

const root = { what: 'root', remedy: 'Run the command with sudo.' }
const range = { what: 'a range of user numbers', remedy: 'Add one.' }

async function pick(lacks: Readonly<Record<string, readonly Lack[]>>) {
  const said: string[] = []
  const picked = await pickBackend(lacking(lacks), { report: ({ step }) => void said.push(step) })
  return { name: picked.name, said }
}

describe('the way in which a lab has its hosts', () => {
  it('is the most faithful that the machine can', async () => {
    expect(await pick({})).toEqual({ name: 'nspawn', said: [] })
    expect(await pick({ nspawn: [root] })).toEqual({ name: 'userns', said: [] })
  })

  it('is plain sshd where nothing else works, and says what was missing', async () => {
    expect(await pick({ nspawn: [root], userns: [range] })).toEqual({
      name: 'sshd',
      said: [
        'Hosts are plain SSH servers with a folder each, since nspawn needs root (Run the command with sudo.) ' +
          'and userns needs a range of user numbers (Add one.)',
      ],
    })
  })

  it('is none where nothing works at all, with all that is missing', async () => {
    const lacks = { nspawn: [root], userns: [root, range], sshd: [{ what: 'sshd', remedy: 'Install it.' }] }
    await expect(pick(lacks)).rejects.toMatchObject({
      message:
        'The lab backend nspawn needs root, which this machine does not have. ' +
        'The lab backend userns needs root, a range of user numbers, which this machine does not have. ' +
        'The lab backend sshd needs sshd, which this machine does not have.',
      details: { remedy: 'Run the command with sudo. Add one. Install it.' },
    })
  })

  it('has a name each', () => {
    expect(backendNames.map((name) => backendOf(name).name)).toEqual(backendNames)
  })
})
