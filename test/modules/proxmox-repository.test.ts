import { describe, expect, it } from 'vitest'
import aptSources, { type AptSource } from '#facts/apt-sources.ts'
import proxmoxRepository from '#modules/proxmox-repository.ts'
import { parseDeb822 } from '#sdk/deb822.ts'
import { setEnabled, splitStanzas } from '#sdk/deb822-stanzas.ts'
import { recorded } from '../support/recorded.ts'

const recordedSources = aptSources.parse(recorded('apt-sources', 'pve-9.1'))

/** The files as the task would leave them. */
function made(args: object, sources: readonly AptSource[] = recordedSources): readonly AptSource[] {
  const changes = proxmoxRepository.plan({
    args: { repository: 'enterprise', ...args },
    state: sources,
    mode: 'apply',
  })
  const written = new Map(changes.map(({ diff }) => [diff?.path ?? '', diff?.after ?? '']))
  const kept = sources.map(({ path, text }) => ({ path, text: written.get(path) ?? text }))
  const added = [...written].filter(([path]) => !sources.some((one) => one.path === path))
  return [...kept, ...added.map(([path, text]) => ({ path, text }))]
}

const file = (sources: readonly AptSource[], name: string): string =>
  sources.find(({ path }) => path.endsWith(name))?.text ?? ''

describe('proxmox_repository', () => {
  it('disables the one stanza that has the repository, once', () => {
    const sources = made({ state: 'disabled' })
    const [first = '', second = ''] = splitStanzas(file(sources, 'pve-enterprise.sources'))
    expect(parseDeb822(first).get('enabled')).toBe('false')
    expect(parseDeb822(second).has('enabled')).toBe(false)
    expect(first).toContain('# shipped by pve-manager')
    expect(made({ state: 'disabled' }, sources)).toEqual(sources)
  })

  it('enables it again in its place', () => {
    const off = made({ state: 'disabled' })
    const on = made({}, off)
    expect(file(on, 'pve-enterprise.sources')).toContain('Enabled: true')
    expect(made({}, on)).toEqual(on)
  })

  it('adds a repository that is in no file', () => {
    const sources = made({ repository: 'no-subscription' })
    expect(file(sources, 'proxmox.sources')).toBe(
      'Types: deb\nURIs: http://download.proxmox.com/debian/pve\nSuites: trixie\nComponents: pve-no-subscription\n' +
        'Signed-By: /usr/share/keyrings/proxmox-archive-keyring.gpg\n',
    )
    expect(made({ repository: 'no-subscription' }, sources)).toEqual(sources)
  })

  it('adds to a file that has another one', () => {
    const sources = made({ repository: 'test' }, made({ repository: 'no-subscription' }, []))
    expect(splitStanzas(file(sources, 'proxmox.sources'))).toHaveLength(2)
  })

  it('tells Ceph from Proxmox VE', () => {
    const sources = made({ product: 'ceph-squid', state: 'disabled' })
    expect(file(sources, 'ceph.sources')).toContain('Enabled: false')
    expect(file(sources, 'pve-enterprise.sources')).toBe(file(recordedSources, 'pve-enterprise.sources'))
  })

  it('comments out old one-line entries of it, and of it alone', () => {
    const sources = made({ repository: 'test', state: 'disabled' })
    expect(file(sources, 'old.list')).toBe(
      '# deb http://download.proxmox.com/debian/pve bookworm pve-test\ndeb http://packages.example.org/x stable main\n',
    )
  })

  it('does nothing about a repository that shall be off and is not there', () => {
    expect(made({ repository: 'test', state: 'disabled' }, [])).toEqual([])
  })
})

describe('stanzas', () => {
  const text = '# a\n\nTypes: deb\nEnabled: no\n\n\n# b\nTypes: deb-src\n\n# the end\n'
  it('join to what they were split from', () => {
    expect(splitStanzas(text).join('')).toBe(text)
    expect(splitStanzas(text)).toHaveLength(3)
  })

  it('are changed in their own line', () => {
    expect(
      splitStanzas(text)
        .map((stanza) => setEnabled(stanza, true))
        .join(''),
    ).toBe(text.replace('no', 'true'))
  })
})
