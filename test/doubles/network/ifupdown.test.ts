import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DoubleBench, doubleBench } from '../../support/doubles.ts'

const bridge = 'auto vmbr0\niface vmbr0 inet static\n\taddress 10.10.0.2/24\n\tbridge-ports eno1\n'

async function hostWith(text: string): Promise<DoubleBench & { write(text: string): Promise<void> }> {
  const bench = await doubleBench()
  await mkdir(join(bench.root, 'etc/network'), { recursive: true })
  const write = (content: string) => writeFile(join(bench.root, 'etc/network/interfaces'), content)
  await write(text)
  return { ...bench, write }
}

describe('ifreload', () => {
  it('brings up what the file says, and forgets what it says no more', async () => {
    const { ok, run, write } = await hostWith(bridge)
    await ok('ifreload -a')
    expect(await ok('ifquery --running vmbr0')).toBe(
      'auto vmbr0\niface vmbr0 inet static\n\taddress 10.10.0.2/24\n\tbridge-ports eno1\n\n',
    )
    await write('auto lo\niface lo inet loopback\n')
    await ok('ifreload -a')
    expect(await run('ifquery --running vmbr0')).toMatchObject({
      exit: 1,
      stderr: 'error: cannot find interfaces: vmbr0\n',
    })
  })

  it('checks a file without applying it', async () => {
    const { ok, run } = await hostWith(bridge)
    await ok('ifreload -a -s')
    expect((await run('ifquery --running vmbr0')).exit).toBe(1)
  })

  it.each([
    ['address 10.0.0.1\n', "line1: error processing line 'address 10.0.0.1'"],
    [
      'iface eno1 inet fixed\n',
      "line1: iface eno1: unsupported address family or method 'iface eno1 inet fixed'",
    ],
    ['auto lo\niface\n', "line2: invalid iface line 'iface'"],
  ])('names what is wrong with %j', async (text, message) => {
    const { run } = await hostWith(text)
    const answer = await run('ifreload -a -s')
    expect(answer).toMatchObject({ exit: 1, stderr: `error: /etc/network/interfaces: ${message}\n` })
  })

  it('needs to be told what to reload', async () => {
    const { run } = await hostWith(bridge)
    expect((await run('ifreload')).exit).toBe(1)
    expect((await run('ifreload --wrong')).exit).toBe(2)
  })
})

describe('ifup and ifdown', () => {
  it('take single interfaces up and down', async () => {
    const { ok, run } = await hostWith(`${bridge}iface eno2 inet manual\n`)
    await ok('ifup eno2')
    expect(await ok('ifquery --running eno2')).toBe('iface eno2 inet manual\n\n')
    await ok('ifdown eno2')
    expect((await run('ifdown eno2')).exit).toBe(1)
    expect((await run('ifup none')).stderr).toBe('error: cannot find interfaces: none\n')
  })
})
