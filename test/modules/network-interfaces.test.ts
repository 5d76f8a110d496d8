import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import networkInterfaces from '#modules/network-interfaces.ts'
import { fieldsOf, withBench } from '../support/with-bench.ts'

const lo = 'auto lo\niface lo inet loopback\n'

describe('network_interfaces', () => {
  const bench = withBench()
  const file = (): string => `${bench().folder}/interfaces`
  const vmbr0 = (address: string) => ({
    name: 'vmbr0',
    method: 'static',
    options: { address, 'bridge-ports': 'none' },
  })

  /** Programs in the place of ifupdown2's; they write down what they were told. */
  const ifupdown2 = (checks: 'accepts' | 'refuses'): string => {
    const folder = `${bench().folder}/${checks}`
    mkdirSync(folder, { recursive: true })
    const says = `echo "$(basename "$0") $*" >>${folder}/said`
    const programs = {
      ifreload: `#!/bin/sh\n${says}\n`,
      ifup: `#!/bin/sh\n${says}\n[ ${checks} = accepts ] || { echo 'error: vmbr0: bad address' >&2; exit 1; }\n`,
    }
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(`${folder}/${name}`, text)
      chmodSync(`${folder}/${name}`, 0o755)
    }
    return folder
  }
  const withPath = (folder: string) => ({ env: { PATH: `${folder}:${process.env['PATH']}` } })

  it('checks the new file before it is put in place, then has it taken up, once', async () => {
    writeFileSync(file(), lo)
    const folder = ifupdown2('accepts')
    const args = { path: file(), interfaces: [vmbr0('10.10.0.2/24')] }
    const outcome = await bench().converge(networkInterfaces, args, withPath(folder))
    expect(outcome.changes).toMatchObject([
      { field: 'vmbr0', before: 'absent', after: 'auto static, address 10.10.0.2/24, bridge-ports none' },
    ])
    expect(readFileSync(file(), 'utf8')).toContain(`${lo}\nauto vmbr0\n`)
    expect(readFileSync(`${folder}/said`, 'utf8')).toMatch(
      /^ifup -a --syntax-check --interfaces \S+\nifreload -a\n$/,
    )
  })

  it('leaves the old file in place when the new one is refused', async () => {
    const before = readFileSync(file(), 'utf8')
    const folder = ifupdown2('refuses')
    const args = { path: file(), interfaces: [vmbr0('10.10.0.300/24')] }
    await expect(bench().run(networkInterfaces, args, withPath(folder))).rejects.toThrow('bad address')
    expect(readFileSync(file(), 'utf8')).toBe(before)
    expect(readFileSync(`${folder}/said`, 'utf8')).not.toContain('ifreload')
  })

  it('says what is missing before anything is written', async () => {
    const path = `${bench().folder}/fresh`
    const args = { path, interfaces: [vmbr0('10.10.0.2/24')] }
    await expect(bench().run(networkInterfaces, args)).rejects.toThrow('install ifupdown2 first')
    expect(existsSync(path)).toBe(false)
  })

  it('removes an interface, without applying when told so', async () => {
    const args = { path: file(), interfaces: [{ name: 'vmbr0', state: 'absent' }], apply: false }
    expect(fieldsOf(await bench().converge(networkInterfaces, args))).toEqual(['vmbr0'])
    expect(readFileSync(file(), 'utf8')).toBe(lo)
  })
})
