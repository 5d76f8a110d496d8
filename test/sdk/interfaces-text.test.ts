import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Interface, readInterface, removeInterface, setInterface } from '#sdk/interfaces-text.ts'

const proxmox = `# network interface settings; managed by hand
auto lo
iface lo inet loopback

iface eno1 inet manual

auto vmbr0
iface vmbr0 inet static
        address 10.10.0.2/24
        gateway 10.10.0.1
        bridge-ports eno1
        bridge-stp off
        bridge-fd 0
#the rest is from the installer
source /etc/network/interfaces.d/*
`

const bridge: Interface = {
  name: 'vmbr0',
  family: 'inet',
  method: 'static',
  auto: true,
  options: {
    address: '10.10.0.2/24',
    gateway: '10.10.0.1',
    'bridge-ports': 'eno1',
    'bridge-stp': 'off',
    'bridge-fd': '0',
  },
}

describe('the text of interfaces(5)', () => {
  it('stays as it is when it says the same, in whatever order', () => {
    expect(setInterface(proxmox, bridge)).toBe(proxmox)
    const turned = { ...bridge, options: Object.fromEntries(Object.entries(bridge.options).reverse()) }
    expect(setInterface(proxmox, turned)).toBe(proxmox)
  })

  it('changes one stanza where it stands', () => {
    const after = setInterface(proxmox, {
      ...bridge,
      options: { ...bridge.options, address: '10.10.0.9/24' },
    })
    expect(after).toContain('# network interface settings')
    expect(after).toContain('source /etc/network/interfaces.d/*')
    expect(readInterface(after, 'vmbr0', 'inet')?.options['address']).toBe('10.10.0.9/24')
  })

  it('adds an interface at the end, with its auto line before it', () => {
    const guests = { ...bridge, name: 'vmbr1', options: { 'post-up': ['ip rule a', 'ip rule b'] } }
    expect(setInterface(proxmox, guests).slice(proxmox.length)).toBe(
      '\nauto vmbr1\niface vmbr1 inet static\n        post-up ip rule a\n        post-up ip rule b\n',
    )
    expect(setInterface('', { ...bridge, options: {} })).toBe('auto vmbr0\niface vmbr0 inet static\n')
  })

  it('takes a name out of an auto line that others share', () => {
    const text = 'auto lo vmbr0\niface lo inet loopback\niface vmbr0 inet manual\n'
    expect(removeInterface(text, 'vmbr0')).toBe('auto lo\niface lo inet loopback\n')
    expect(setInterface(text, { ...bridge, method: 'manual', auto: false, options: {} })).toContain(
      'auto lo\n',
    )
  })

  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  const wanted = fc.record({
    name: word,
    family: fc.constantFrom('inet', 'inet6'),
    method: fc.constantFrom('manual', 'static', 'dhcp'),
    auto: fc.boolean(),
    options: fc.dictionary(
      word.map((key) => `x-${key}`),
      fc.oneof(word, fc.uniqueArray(word, { minLength: 2, maxLength: 3 })),
      { noNullPrototype: true },
    ),
  })

  it('gives back what was put in, and does not change when it is put in again', () => {
    fc.assert(
      fc.property(wanted, fc.constantFrom('', proxmox), (one, text) => {
        const after = setInterface(text, one)
        expect(readInterface(after, one.name, one.family)).toEqual(one)
        expect(setInterface(after, one)).toBe(after)
        expect(readInterface(removeInterface(after, one.name), one.name, one.family)).toBeUndefined()
      }),
    )
  })
})
