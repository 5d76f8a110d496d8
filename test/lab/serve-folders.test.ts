import { writeFile } from 'node:fs/promises'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveFolders } from '#lab/serve-folders.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

function addressOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port.')
  return `http://${address.address}:${address.port}`
}

describe('the package server', () => {
  it('serves the files of its folder and nothing else', async () => {
    const folder = await scratchFolder()
    await writeFile(join(folder, 'a_1%3a2_all.deb'), 'content')
    const server = await serveFolders({ bookworm: folder }, '127.0.0.1', 0)
    onTestFinished(() => void server.close())
    const base = addressOf(server)
    const status = async (path: string) => (await fetch(base + path)).status
    expect(await (await fetch(`${base}/bookworm/./a_1%253a2_all.deb`)).text()).toBe('content')
    expect(
      await Promise.all(
        [
          '/',
          '/bookworm/',
          '/bookworm/missing',
          '/trixie/a_1%253a2_all.deb',
          '/bookworm/..%2fsecret',
          '/constructor/a',
        ].map(status),
      ),
    ).toEqual([404, 404, 404, 404, 404, 404])
  })

  it('survives a request that is not well encoded', async () => {
    const server = await serveFolders({ bookworm: await scratchFolder() }, '127.0.0.1', 0)
    onTestFinished(() => void server.close())
    expect((await fetch(`${addressOf(server)}/bookworm/%zz`)).status).toBe(404)
  })
})
