import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProxy, type TestProxy } from '../support/proxy.ts'
import { makeSshProject, type SshProject } from '../support/ssh-project.ts'
import { startSshd, type TestSshd } from '../support/sshd.ts'

let server: TestSshd
/** Another way to it, so that its hosts look like different machines. */
let way: TestProxy | undefined
let project: SshProject

/** As \`apt\` and \`package\`: neighbouring calls are made as one. Its parcels are files of one folder. */
const parcels = (touches: string) => `
import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'
const text = { type: 'string', description: 'A text.' }
const there = defineKeyedFact({
  name: 'parcel',
  summary: 'Whether a parcel is there.',
  script: (paths) => paths.map((path) => 'test -e ' + quote(path) + '; echo $?').join('\\n'),
  reads: (path) => [{ kind: 'parcel', name: path }],
  parse: ({ stdout }) => stdout.trim().split('\\n').map((rc) => rc === '0'),
})
const at = ({ into, name }) => name.map((one) => into + '/' + one)
export default {
  summary: 'Puts parcels into a folder.',
  args: {
    type: 'object',
    properties: { into: text, name: { type: 'array', items: text, description: 'Their names.' } },
    required: ['into', 'name'],
    additionalProperties: false,
  },
  examples: [],
  probe: ({ args, host }) => Promise.all(at(args).map((path) => host.fact(there, path))),
  plan: ({ args, state }) =>
    args.name.flatMap((name, i) => (state[i] ? [] : [{ field: name, before: 'absent', after: 'present' }])),
  apply: ({ args, host }) =>
    host.run(['sh', '-c', 'cd "$1"; shift; touch "$@"; echo "$*" >> joint', 'sh', args.into, ...args.name]),
  writesOnce: () => true,
  join(calls) {
    const [{ args }] = calls
    if (calls.some((one) => one.args.into !== args.into)) return undefined
    return {
      args: { ...args, name: [...new Set(calls.flatMap((one) => one.args.name))] },
      changes: calls.flatMap(({ changes }) => changes),
    }
  },
  ${touches}
}
`
const narrow = "touches: ({ args }) => at(args).map((name) => ({ kind: 'parcel', name })),"

beforeAll(async () => {
  server = await startSshd()
  way = await startProxy(server.port)
  project = await makeSshProject({
    server,
    hosts: { one: {}, two: { port: way.port } },
    vars: { shared_address: false },
    files: {
      'roles/narrow/modules/parcels.ts': parcels(narrow),
      'roles/wide/modules/parcels.ts': parcels(''),
    },
  })
})
afterAll(async () => {
  await project?.remove()
  await way?.close()
  await server?.stop()
})

const of = (...name: string[]) => ({ parcels: { into: '{{ root }}/{{ place }}', name } })
const elsewhere = (name: string) => ({ parcels: { into: '{{ root }}/other', name: [name] } })
const note = (name: string) => ({ copy: { content: 'x', dest: `{{ root }}/{{ place }}/${name}` } })
const command = { command: { cmd: 'touch {{ root }}/{{ place }}/x', creates: '{{ root }}/{{ place }}/x' } }

/** What a playbook may say, and the calls that come of it. */
const places: Readonly<Record<string, readonly [tasks: readonly object[], calls: string]>> = {
  neighbours: [[of('a'), of('b'), of('c')], 'a b c'],
  alone: [[of('a')], 'a'],
  beforeFile: [[of('a'), note('n')], 'a'],
  betweenFiles: [[note('n'), of('a'), note('m')], 'a'],
  amongFiles: [[note('n'), of('a'), of('b', 'c'), note('m'), note('o')], 'a b c'],
  twice: [[of('a'), of('b'), note('m'), of('c'), of('d')], 'a b|c d'],
  leftOut: [[of('a'), { ...of('b'), when: false }, of('c')], 'a c'],
  again: [[of('a'), of('b'), of('a'), of('c')], 'a b c'],
  loop: [[of('a'), { ...of('{{ item }}'), loop: ['b', 'c'] }], 'a|b|c'],
  apart: [[of('a'), elsewhere('z'), of('c')], 'a|c'],
  aroundCommand: [[of('a'), command, of('c')], 'a|c'],
  afterCommand: [[command, of('b'), of('c')], 'b c'],
  registered: [[{ ...of('a'), register: 'r' }, of('b'), { ...of('c'), when: 'r.changed' }], 'a b|c'],
}

async function fresh(hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    await rm(project.root(host), { recursive: true })
    for (const place of [...Object.keys(places), 'other'])
      await mkdir(join(project.root(host), place), { recursive: true })
  }
}

interface Costs {
  readonly hosts: Readonly<Record<string, { readonly flights: number }>>
}

/** What `--explain-cost` expects a run to take, and what it takes: the flights of each host. */
async function compared(hosts: readonly string[]) {
  await fresh(hosts)
  const explained = await project.run('run', 'site.yml', '-l', hosts.join(','), '--explain-cost')
  expect(explained.code, explained.stderr).toBe(0)
  const costs: Costs = JSON.parse(explained.stdout)
  const end = await project.run('run', 'site.yml', '-l', hosts.join(','))
  expect(end.code, end.stdout).toBe(0)
  expect(end.of('task').filter((event) => 'unsettled' in event)).toEqual([])
  const taken = end.recap().flights_by_host
  return {
    expected: hosts.map((host) => costs.hosts[host]?.flights ?? 0),
    taken: hosts.map((host) => taken[host] ?? 0),
  }
}

/** A machine that is busy can split a flight, which adds one and never hides one: of several runs the fewest count. */
async function fewest(hosts: readonly string[]) {
  let least = await compared(hosts)
  for (let round = 1; round < 4 && least.taken.join() !== least.expected.join(); round += 1) {
    const next = await compared(hosts)
    least = {
      expected: least.expected.map((flights, i) => Math.min(flights, next.expected[i] ?? flights)),
      taken: least.taken.map((flights, i) => Math.min(flights, next.taken[i] ?? flights)),
    }
  }
  return least
}

test.each([
  { role: 'narrow', hosts: ['one'] },
  { role: 'narrow', hosts: ['one', 'two'] },
  { role: 'wide', hosts: ['one'] },
  { role: 'wide', hosts: ['one', 'two'] },
])(
  'neighbours are joined, cost what was foreseen and know what they have done: $role, $hosts',
  async ({ role, hosts }) => {
    const plays = Object.entries(places).map(([place, [tasks]]) => ({
      hosts: 'all',
      gather_facts: false,
      vars: { place },
      roles: [role],
      tasks,
    }))
    await project.files({ 'site.yml': plays })
    const { taken, expected } = await fewest(hosts)
    expect(expected).toEqual(taken)
    for (const [place, [, calls]] of Object.entries(places)) {
      const made = await readFile(join(project.root('one'), place, 'joint'), 'utf8')
      expect([place, made.trim().replaceAll('\n', '|')]).toEqual([place, calls])
    }
  },
)
