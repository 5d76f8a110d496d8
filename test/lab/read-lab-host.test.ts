import { describe, expect, it } from 'vitest'
import { planLab } from '#lab/lab-plan.ts'
import { readLabSpec } from '#lab/read-lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'

const known = {
  doubles: ['kubeadm', 'qm'],
  find: (path: string) => (path === 'gone' ? undefined : `/p/${path}`),
}
const read = (text: string) => readLabSpec(parseYaml(text, 'lab.yml').root, 'default', known)

/** Each message with its line, and what it advises. */
const problems = (text: string) =>
  read(text).diagnostics.map(
    ({ code, range, message, remedy }) =>
      `${range?.start.line} ${code} ${message}${remedy ? ` ${remedy}` : ''}`,
  )

const whole = `
suite: trixie
doubles: [qm]
layers:
  kube: { packages: [containerd], files: kube, script: kube.sh }
hosts:
  cp1:
    groups: [control]
    address: 10.10.0.50
    suite: bullseye
    layers: [kube]
    doubles: [kubeadm, qm]
    disks: { data: 2G, log: 512M }
    latency: 80ms
  worker1:
`

describe('the settings of a lab host', () => {
  it('are all in its plan', () => {
    const { spec } = read(whole)
    const [cp1, worker1] = spec ? planLab('/p', spec).hosts : []
    expect(cp1).toMatchObject({
      groups: ['control'],
      address: '10.10.0.50',
      suite: 'bullseye',
      layers: [{ name: 'kube', packages: ['containerd'], files: '/p/kube', script: '/p/kube.sh' }],
      doubles: ['qm', 'kubeadm'],
      disks: [
        { name: 'data', bytes: 2 * 2 ** 30 },
        { name: 'log', bytes: 512 * 2 ** 20 },
      ],
      latencyMs: 80,
    })
    expect(worker1).toMatchObject({
      groups: ['worker'],
      address: '10.10.0.11',
      suite: 'trixie',
      layers: [],
      doubles: ['qm'],
      disks: [],
      latencyMs: 0,
    })
  })

  it('leave given addresses to their owners', () => {
    const { spec } = read('hosts: { a: , b: { address: 10.10.0.11 }, c: }')
    const addresses = spec && planLab('/p', spec).hosts.map(({ address }) => address)
    expect(addresses).toEqual(['10.10.0.12', '10.10.0.11', '10.10.0.13'])
  })

  it.each([
    [
      'hosts:\n  a: { address: 10.10.0.20 }\n  b: { address: 10.10.0.20 }',
      '3 shared-address b has the address 10.10.0.20 of a. Give each host an address of its own.',
    ],
    [
      'hosts: { a: { address: 10.10.0.1 } }',
      '1 wrong-type An address of a lab host lies between 10.10.0.2 and 10.10.0.254.',
    ],
    [
      'hosts: { a: { address: 192.168.0.5 } }',
      '1 wrong-type An address of a lab host lies between 10.10.0.2 and 10.10.0.254.',
    ],
    [
      'hosts: { a: { suite: bookwurm } }',
      `1 wrong-type A host's suite is bullseye, bookworm, trixie. Did you mean "bookworm"?`,
    ],
    [
      'hosts: { a: { adress: 10.10.0.5 } }',
      '1 unknown-keyword A lab host has no key "adress". It has groups, address, suite, layers, doubles, disks, latency. Did you mean "address"?',
    ],
    [
      'layers: { kube: { packages: [a1] } }\nhosts: { a: { layers: [cube] } }',
      '2 wrong-type There is no layer "cube". There is kube. Did you mean "kube"?',
    ],
    ['hosts: { a: { layers: [x] } }', '1 wrong-type There is no layer "x".'],
    [
      'doubles: [kubeadmin]\nhosts: [a]',
      '1 wrong-type There is no double "kubeadmin". There is kubeadm, qm. Did you mean "kubeadm"?',
    ],
    ['hosts: { a: { doubles: qm } }', '1 wrong-type This has to be a list of doubles.'],
    [
      'hosts: { a: { disks: [1G] } }',
      '1 wrong-shape Disks are a mapping from a name to a size: { data: 1G }.',
    ],
    ['hosts: { a: { disks: { d: 5 } } }', '1 wrong-type A size is a number with M, G or T: 512M, 2G.'],
    [
      'hosts: { a: { disks: { "../x": 1G } } }',
      '1 wrong-type The name of a disk has lower-case letters, digits and dashes.',
    ],
    [
      'hosts: { a: { latency: 80 } }',
      '1 wrong-type A latency is a number with ms or s, at most 10s: 80ms, 0.2s.',
    ],
    [
      'hosts: { a: { latency: 11s } }',
      '1 wrong-type A latency is a number with ms or s, at most 10s: 80ms, 0.2s.',
    ],
    ['layers: { x: }\nhosts: [a]', '1 wrong-shape A layer is a mapping with packages, files or a script.'],
    [
      'layers: { x: { files: gone } }\nhosts: [a]',
      '1 file-missing There is no folder gone beside the lab file.',
    ],
    [
      'layers: { x: { script: gone } }\nhosts: [a]',
      '1 file-missing There is no file gone beside the lab file.',
    ],
    [
      'layers: [x]\nhosts: [a]',
      '1 wrong-shape Layers are a mapping from a name to packages, files and a script.',
    ],
  ])('are refused in %j, with what is meant', (text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  it('may name any double where there is no catalogue of them', () => {
    const { root } = parseYaml('hosts: { a: { doubles: [anything] } }', 'lab.yml')
    expect(readLabSpec(root, 'default').spec?.hosts[0]?.doubles).toEqual(['anything'])
  })
})
