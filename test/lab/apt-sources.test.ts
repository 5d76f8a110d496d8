import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { debianSources, parseDeb822, parseOneLine, sourcesFor } from '#lab/apt-sources.ts'
import { scratchFolder } from '../support/scratch-folder.ts'

const mirror = 'http://mirror.example/debian'

describe('the one-line format', () => {
  it.each([
    [
      `deb ${mirror} bookworm main contrib`,
      [{ uri: mirror, suite: 'bookworm', components: ['main', 'contrib'] }],
    ],
    [`  deb ${mirror} bookworm main # why`, [{ uri: mirror, suite: 'bookworm', components: ['main'] }]],
    [
      `deb [arch=amd64 signed-by=/usr/share/keyrings/d.gpg] ${mirror} bookworm main`,
      [{ uri: mirror, suite: 'bookworm', components: ['main'], signedBy: '/usr/share/keyrings/d.gpg' }],
    ],
    [`deb-src ${mirror} bookworm main`, []],
    [`# deb ${mirror} bookworm main`, []],
    ['', []],
  ])('reads %j', (line, sources) => {
    expect(parseOneLine(line)).toEqual(sources)
  })
})

describe('the .sources format', () => {
  it('stands for each URI with each suite', () => {
    const text = `# a comment\nTypes: deb deb-src\nURIs: ${mirror}\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /k.gpg\n`
    expect(parseDeb822(text).map(({ uri, suite, signedBy }) => [uri, suite, signedBy])).toEqual([
      [mirror, 'bookworm', '/k.gpg'],
      [mirror, 'bookworm-updates', '/k.gpg'],
    ])
  })

  it('reads several stanzas, field names in any case and values over several lines', () => {
    const text = `types: deb\nuris: ${mirror}\nsuites:\n bookworm\n trixie\ncomponents: main\n\nTypes: deb\nURIs: ${mirror}\nSuites: sid\nComponents: main\n`
    expect(parseDeb822(text).map(({ suite }) => suite)).toEqual(['bookworm', 'trixie', 'sid'])
  })

  it.each([
    ['a stanza for source packages', 'Types: deb-src'],
    ['a stanza that is switched off', 'Types: deb\nEnabled: no'],
  ])('leaves out %s', (_, head) => {
    expect(parseDeb822(`${head}\nURIs: ${mirror}\nSuites: bookworm\nComponents: main\n`)).toEqual([])
  })

  it('passes on no key that stands in the file itself', () => {
    const text = `Types: deb\nURIs: ${mirror}\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN PGP\n .\n x\n`
    expect(parseDeb822(text)).toEqual([{ uri: mirror, suite: 'bookworm', components: ['main'] }])
  })
})

describe('the sources of a lab', () => {
  const source = (suite: string, components = ['main']) => ({ uri: mirror, suite, components })

  it("takes the release, its updates and its security fixes, and no other's", () => {
    const suites = ['bookworm', 'bookworm-updates', 'bookworm-security', 'bookworm-backports', 'sid']
    expect(
      debianSources(
        suites.map((suite) => source(suite)),
        'bookworm',
        'bookworm',
      ),
    ).toEqual([
      `deb ${mirror} bookworm main`,
      `deb ${mirror} bookworm-updates main`,
      `deb ${mirror} bookworm-security main`,
    ])
  })

  it('asks the same mirror for another release', () => {
    expect(debianSources([source('trixie'), source('trixie-updates')], 'trixie', 'bookworm')).toEqual([
      `deb ${mirror} bookworm main`,
      `deb ${mirror} bookworm-updates main`,
    ])
  })

  it('leaves out sources of others and keeps the key', () => {
    const signed = { ...source('bookworm'), signedBy: '/k.gpg' }
    expect(debianSources([source('bookworm', ['stable']), signed], 'bookworm', 'bookworm')).toEqual([
      `deb [signed-by=/k.gpg] ${mirror} bookworm main`,
    ])
  })

  it('reads both formats of a machine', async () => {
    const etc = await machine({
      'sources.list': `deb ${mirror} bookworm main\n`,
      'sources.list.d/more.sources': `Types: deb\nURIs: ${mirror}-security\nSuites: bookworm-security\nComponents: main\n`,
      'sources.list.d/old.list.save': `deb ${mirror}-old bookworm main\n`,
    })
    expect(await sourcesFor('bookworm', etc)).toBe(
      `deb ${mirror} bookworm main\ndeb ${mirror}-security bookworm-security main\n`,
    )
  })

  it('says so when the machine knows no Debian mirror', async () => {
    const etc = await machine({ 'sources.list': 'deb http://other.example/ubuntu jammy main\n' })
    await expect(sourcesFor('bookworm', etc)).rejects.toThrow('name no Debian mirror for bookworm')
  })
})

async function machine(files: Readonly<Record<string, string>>): Promise<string> {
  const etc = await scratchFolder()
  await mkdir(join(etc, 'apt/sources.list.d'), { recursive: true })
  await writeFile(join(etc, 'os-release'), 'NAME="Debian"\nVERSION_CODENAME=bookworm\n')
  for (const [name, text] of Object.entries(files)) await writeFile(join(etc, 'apt', name), text)
  return etc
}
