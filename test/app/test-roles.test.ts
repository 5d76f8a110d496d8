import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { TestRequest } from '#app/requests.ts'
import { testRoles } from '#app/test-roles.ts'
import { inFolder } from '../support/in-folder.ts'
import { memoryTerminal } from '../support/memory-terminal.ts'

const plain: TestRequest = {
  roles: [],
  scenarios: [],
  suites: [],
  keep: false,
  list: true,
  variables: { extraVars: [], vaultIds: [] },
  output: { format: 'text', junitFiles: [], quiet: false, verbosity: 0, diff: false },
}

async function ask(files: Readonly<Record<string, string>>, request: Partial<TestRequest> = {}) {
  await inFolder(files)
  const terminal = memoryTerminal()
  const outcome = await testRoles({ ...plain, ...request }, terminal, new AbortController().signal)
  return { ...outcome, out: terminal.stdout.text, said: terminal.stderr.text }
}

const role = { 'roles/web/tasks/main.yml': '- ping:\n' }

describe('tsplay test', () => {
  it('lists scenarios with their hosts, for each release', async () => {
    const scenario = 'description: Two of them.\nlab: { hosts: [a1, a2] }\nsuites: [bookworm, trixie]\n'
    const { out, exitReason } = await ask({ ...role, 'roles/web/test/default.yml': scenario })
    expect(out).toBe('web/default  bookworm  a1 a2  Two of them.\nweb/default  trixie  a1 a2  Two of them.\n')
    expect(exitReason).toBe('done')
  })

  it('takes releases of the command line in place of those of the scenario', async () => {
    const scenario = 'suites: [bookworm]\n'
    const { out } = await ask({ ...role, 'roles/web/test/default.yml': scenario }, { suites: ['bullseye'] })
    expect(out).toBe('web/default  bullseye  host1\n')
  })

  it('reads the hosts from a lab file', async () => {
    const { out } = await ask({
      ...role,
      'roles/web/test/default.yml': 'lab: ../../../lab.yml\n',
      'lab.yml': 'hosts: [web1, db1]\n',
    })
    expect(out).toBe('web/default  bookworm  web1 db1\n')
  })

  it('lists what comes after another with its hosts, and takes that one along', async () => {
    const files = {
      ...role,
      'roles/web/test/default.yml': 'lab: { hosts: [a1] }\nsuites: [bookworm, trixie]\n',
      'roles/web/test/drifted.yml': 'after: default\nhosts: a1\n',
      'roles/web/test/other.yml': '',
    }
    const { out, said } = await ask(files, { scenarios: ['drifted'] })
    expect(said).toBe('')
    expect(out).toBe(
      'web/default  bookworm  a1\nweb/default  trixie  a1\nweb/drifted  bookworm  a1\nweb/drifted  trixie  a1\n',
    )
  })

  it.each([
    [
      'a scenario that is not there',
      { a: 'after: b\n' },
      'a.yml:1:8',
      'There is no scenario "b" beside this one.',
    ],
    [
      'a circle',
      { a: 'after: b\n', b: 'after: a\n' },
      'b.yml:1:8',
      'Scenarios come after each other in a circle.',
    ],
    [
      'one that another comes after too',
      { a: '', b: 'after: a\n', c: 'after: a\n' },
      'c.yml:1:8',
      '"b" comes after "a" already, and leaves its hosts changed; come after "b".',
    ],
    ['a mistake in the one before', { a: 'hosts: [b]\n', b: 'after: a\n' }, 'a.yml:1:8', 'a host pattern'],
    ['a host that the one before has not', { a: '', b: 'after: a\nhosts: b1\n' }, 'b.yml', '"b1"'],
  ])('refuses to come after %s', async (_, scenarios, place, message) => {
    const files = Object.entries(scenarios).map(([name, text]) => [`roles/web/test/${name}.yml`, text])
    const { exitReason, said } = await ask({ ...role, ...Object.fromEntries(files) })
    expect(said).toContain(place)
    expect(said).toContain(message)
    expect(exitReason).toBe('project')
  })

  it('says which roles nobody tests', async () => {
    const { said } = await ask({ ...role, 'roles/db/test/default.yml': '' })
    expect(said).toBe('Without a scenario: web.\n')
  })

  it.each([
    ['no role of that name', { roles: ['wep'] }, 'error: There is no role "wep".\nDid you mean "web"?\n'],
    ['a role without scenarios', { roles: ['web'] }, 'error: The role "web" has no test scenario.'],
    ['a release that no lab has', { suites: ['bokworm'] }, 'Did you mean "bookworm"?'],
  ])('is a usage error for %s', async (_, request, message) => {
    const { exitReason, said } = await ask({ ...role, 'roles/db/test/default.yml': '' }, request)
    expect(exitReason).toBe('usage')
    expect(said).toContain(message)
  })
})

describe('the guide to testing roles', () => {
  const guide = readFileSync('docs/test-a-role.md', 'utf8')

  it('shows a scenario that can be run', async () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''
    const { said, out } = await ask({ ...role, 'roles/web/test/default.yml': example })
    expect(said).toBe('')
    expect(out).toBe('web/default  bookworm  web1 web2  Two web servers that list each other.\n')
  })
})

describe('before a host is started', () => {
  it.each([
    ['YAML that is none', 'verify: [', 'roles/web/test/default.yml:1:'],
    ['an unknown key', 'a: 1\nprepair: []', 'roles/web/test/default.yml:2:1'],
    ['a mistake in the lab', 'lab:\n  hosts: [A]', 'roles/web/test/default.yml:2:11'],
    [
      'a double that there is not',
      'lab:\n  hosts: [a]\n  doubles: [mailp]',
      'roles/web/test/default.yml:3:13',
    ],
    ['a lab file that is not there', 'lab: other.yml', 'There is no lab file "roles/web/test/other.yml".'],
    ['variables for nobody', 'host_vars:\n  host2: {}', 'roles/web/test/default.yml:2:3'],
    ['a playbook that is not there', 'verify: other.yml', 'roles/web/test/default.yml:1:9'],
    ['an unknown module in a verification', 'verify:\n  - pong:', 'roles/web/test/default.yml:2:5'],
    ['an unknown host in a play', 'verify:\n  - hosts: db1', 'roles/web/test/default.yml:2:12'],
    [
      'an undefined name in a variable',
      'vars:\n  a: "{{ nope }}"\nverify:\n  - debug: {msg: "{{ a }}"}',
      ':2:',
    ],
  ])('%s is shown at its place', async (_, scenario, place) => {
    const { exitReason, said } = await ask({ ...role, 'roles/web/test/default.yml': scenario })
    expect(said).toContain(place)
    expect(exitReason).toBe('project')
  })

  it('shows the line of the scenario below the mistake', async () => {
    const { said } = await ask({ ...role, 'roles/web/test/default.yml': 'verify:\n  - pong:\n' })
    expect(said).toContain('2 │   - pong:')
  })

  it('finds mistakes of all scenarios, and those of the role once', async () => {
    const { said } = await ask({
      'roles/web/tasks/main.yml': '- pong:\n',
      'roles/web/test/a.yml': 'prepair: []',
      'roles/web/test/b.yml': '',
      'roles/web/test/c.yml': '',
    })
    expect(said).toContain('roles/web/test/a.yml:1:1')
    expect(said.split('roles/web/tasks/main.yml:1:3')).toHaveLength(2)
  })
})
