import { describe, expect, it } from 'vitest'
import { defaultPackages, maximumHosts, numberedHosts } from '#lab/lab-spec.ts'
import { readLabSpec } from '#lab/read-lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'

const read = (text: string) => readLabSpec(parseYaml(text, 'lab.yml').root, 'default')

const problems = (text: string) =>
  read(text).diagnostics.map(
    ({ code, range, message }) => `${range?.start.line}:${range?.start.column} ${code} ${message}`,
  )

describe('a lab file', () => {
  it('names hosts, and takes their groups from their names', () => {
    expect(read('hosts: [web1, web2, etcd-01, mail-relay]').spec?.hosts).toEqual([
      { name: 'web1', groups: ['web'] },
      { name: 'web2', groups: ['web'] },
      { name: 'etcd-01', groups: ['etcd'] },
      { name: 'mail-relay', groups: ['mail_relay'] },
    ])
  })

  it('gives groups to hosts in either form', () => {
    expect(read('hosts:\n  a: [x, y]\n  b: { groups: [z] }\n  c1:\n  d: []').spec?.hosts).toEqual([
      { name: 'a', groups: ['x', 'y'] },
      { name: 'b', groups: ['z'] },
      { name: 'c1', groups: ['c'] },
      { name: 'd', groups: [] },
    ])
  })

  it('has defaults for all but the hosts, and adds packages to the default ones', () => {
    expect(read('hosts: [a]').spec).toMatchObject({
      name: 'default',
      suite: 'bookworm',
      packages: defaultPackages,
    })
    expect(read('suite: trixie\nhosts: [a]\npackages: [haproxy, jq]').spec).toMatchObject({
      suite: 'trixie',
      packages: [...defaultPackages, 'haproxy'],
    })
  })

  it.each([
    ['', 'undefined:undefined wrong-shape A lab file is a mapping with the key "hosts".'],
    ['- a', '1:1 wrong-shape A lab file is a mapping with the key "hosts".'],
    ['suite: trixie', '1:1 wrong-shape A lab needs "hosts": a list of names, or names with their groups.'],
    ['hosts: 3', '1:8 wrong-shape A lab needs "hosts": a list of names, or names with their groups.'],
    ['hosts: []', '1:8 wrong-shape The lab has no hosts. Name at least one.'],
    ['hosts: [a, b, a]', '1:15 duplicate-key The host a is named twice.'],
    [
      'hosts: [1]',
      '1:9 wrong-type A host name has lower-case letters, digits and dashes, at most 40 of them.',
    ],
    [
      'hosts: ["a;b"]',
      '1:9 wrong-type A host name has lower-case letters, digits and dashes, at most 40 of them.',
    ],
    [
      'hosts: {A: }',
      '1:9 wrong-type A host name has lower-case letters, digits and dashes, at most 40 of them.',
    ],
    ['hosts: {a: [no way]}', '1:12 wrong-type The groups of a have to be a list of group names.'],
    ['hosts: {a: web}', '1:12 wrong-type The groups of a have to be a list of group names.'],
    ['suite: ../x\nhosts: [a]', "1:8 wrong-type A host's suite is bullseye, bookworm, trixie."],
    [
      'hosts: [a]\npackages: [-o x]',
      '2:11 wrong-type The packages have to be a list of Debian package names.',
    ],
    [
      'hosts: [a]\npakages: []',
      '2:1 unknown-keyword A lab has no key "pakages". It has suite, hosts, packages, layers, doubles.',
    ],
  ])('says what is wrong with %j, and where', (text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  it('says everything that is wrong at once, in the order of the file', () => {
    expect(problems('suite: X\nhosts: [B, c]\npackages: 7').map((line) => line.slice(0, 4))).toEqual([
      '1:8 ',
      '2:9 ',
      '3:11',
    ])
  })

  it('has room for so many hosts and no more', () => {
    const names = (count: number) => `hosts: [${Array.from({ length: count }, (_, n) => `h${n}`).join(', ')}]`
    expect(problems(names(maximumHosts))).toEqual([])
    expect(problems(names(maximumHosts + 1))).toEqual([
      `1:8 wrong-shape A lab has at most ${maximumHosts} hosts.`,
    ])
  })
})

describe('a lab without a file', () => {
  it.each([
    [1, ['web1']],
    [2, ['web1', 'db1']],
    [3, ['web1', 'web2', 'db1']],
  ])('of %i hosts has %j', (count, names) => {
    expect(numberedHosts(count).map(({ name }) => name)).toEqual(names)
  })
})
