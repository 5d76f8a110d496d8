import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askKeeper, type KeeperAction, serveKeeper } from '#lab/keeper-control.ts'
import { planLab } from '#lab/lab-plan.ts'
import { simpleSpec } from '#lab/lab-spec.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

async function keeper(actions: Readonly<Record<string, KeeperAction>>) {
  const plan = { ...planLab('/p', simpleSpec('default', [])), state: await scratchFolder() }
  const server = await serveKeeper(plan, actions)
  onTestFinished(() => void server.close())
  return plan
}

describe('a lab keeper', () => {
  it('does what it is asked for before it answers', async () => {
    const done: string[] = []
    const plan = await keeper({ reset: async ({ host }) => void done.push(host) })
    await askKeeper(plan, { action: 'reset', host: 'web1' })
    expect(done).toEqual(['web1'])
  })

  it('says why it could not, and goes on', async () => {
    const plan = await keeper({
      reset: async ({ host }) => {
        throw new Error(`The lab has no host "${host}".`)
      },
    })
    await expect(askKeeper(plan, { action: 'reset', host: 'x' })).rejects.toThrow('has no host "x"')
    await expect(askKeeper(plan, { action: 'toString', host: 'x' })).rejects.toThrow('no action "toString"')
    await expect(askKeeper(plan, { action: 'reset', host: 'y' })).rejects.toThrow('has no host "y"')
  })

  it('is missed when there is none', async () => {
    const plan = { ...planLab('/p', simpleSpec('mine', [])), state: await scratchFolder() }
    await expect(askKeeper(plan, { action: 'reset', host: 'x' })).rejects.toThrow('The lab "mine" is not up.')
  })

  it('is reached in a folder whose path is longer than that of a socket may be', async () => {
    const state = join(await scratchFolder(), 'home'.repeat(40))
    await mkdir(state)
    const plan = { ...planLab('/p', simpleSpec('default', [])), state }
    const server = await serveKeeper(plan, { reset: async () => undefined })
    onTestFinished(() => void server.close())
    await askKeeper(plan, { action: 'reset', host: 'web1' })
    expect((await stat(join(state, 'control.sock'))).mode & 0o777).toBe(0o600)
  })
})
