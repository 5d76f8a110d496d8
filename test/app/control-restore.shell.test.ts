import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tsplay } from '../support/tsplay.ts'
import { writeFiles } from '../support/write-files.ts'

const point = (id: string, more: Record<string, unknown> = {}) => ({
  [`.tsplay/restore-points/${id}.json`]: JSON.stringify({
    id,
    kind: 'file',
    host: 'here',
    subject: 'motd',
    at: Date.parse('2026-11-01T02:00Z'),
    copies: [{ host: 'here', path: 'copy' }],
    size: 2048,
    ...more,
  }),
})
const project = {
  'hosts.yml': 'all: { hosts: { here: { connection: local }, other: { connection: local } } }\n',
  'playbooks/restore-file.yml': `- hosts: all
  gather_facts: false
  tasks:
    - name: Put it back
      copy: { content: "back\\n", dest: "{{ playbook_dir }}/../restored-{{ restore_point.subject }}-{{ inventory_hostname }}" }
`,
}
const inProject = async (files: Record<string, string> = {}) => {
  const cwd = await writeFiles({ ...project, ...files })
  return { cwd, call: (...args: string[]) => tsplay(['restore', ...args], { cwd }) }
}

test('lists what can be restored, newest first, without what was removed', async () => {
  const { call } = await inProject({
    ...point('old', { level: 'drill', verifiedAt: Date.now() - 3.5 * 86_400_000, recoverySeconds: 4.25 }),
    ...point('new', { at: Date.parse('2026-11-02T02:00Z'), kind: 'vm' }),
    ...point('gone', { removedAt: 1 }),
  })
  const all = await call('list')
  expect(all.stdout.split('\n').map((line) => line.split(/ +/)[0])).toEqual(['POINT', 'new', 'old', ''])
  expect(all.stdout).toMatch(/old .* 2\.0 KiB +1 +drill, 3d ago +4\.3s/)
  const { stdout } = await call('list', '--kind', 'vm', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ id: 'new' })
})

test('shows how far one was proved since it was last tried, and when', async () => {
  const ago = (days: number) => Date.now() - (days + 0.5) * 86_400_000
  const proofs = { drill: ago(9), content: ago(2), structure: ago(30), integrity: ago(3) }
  const { call } = await inProject(point('old', { level: 'drill', verifiedAt: ago(9), proofs }))
  const { stdout } = await call('show', 'old')
  expect(stdout).toMatch(/^verified +drill, 9d ago\n +content, 2d ago\nrecovery/m)
})

test('restores after its plan was shown, on its own host, and records how long it took', async () => {
  const { cwd, call } = await inProject(point('motd-1'))
  const planned = await call('run', 'motd', '--plan', '-i', 'hosts.yml')
  expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('motd of here (file)')])
  await expect(readFile(join(cwd, 'restored-motd-here'))).rejects.toThrow('ENOENT')

  const done = await call('run', 'latest', '--yes', '-i', 'hosts.yml')
  expect([done.code, done.stderr]).toEqual([0, expect.stringMatching(/motd-1 was restored in \d/)])
  expect(await readFile(join(cwd, 'restored-motd-here'), 'utf8')).toBe('back\n')
  await expect(readFile(join(cwd, 'restored-motd-other'))).rejects.toThrow('ENOENT')
  expect((await call('show', 'motd-1', '--json')).stdout).toMatch(/"recoverySeconds":\d/)
})

test.each([
  [['run', 'motd-1', '-i', 'hosts.yml'], 'nobody can answer here', '--yes'],
  [['show', 'motd-3'], 'There is no restore point "motd-3".', 'Did you mean "motd-'],
  [['show', 'motd'], '"motd" is a part of 2 ids: motd-2, motd-1.', 'more of the id'],
  [['run', 'vm', '--yes'], 'There is no playbook "playbooks/restore-vm.yml"', '--playbook'],
])('%j is refused with what to do instead', async (args, problem, remedy) => {
  const { call } = await inProject({
    ...point('motd-1'),
    ...point('motd-2'),
    ...point('vm-1', { kind: 'vm' }),
  })
  const { code, stderr } = await call(...args)
  expect(code).toBe(5)
  expect(stderr).toContain(problem)
  expect(stderr).toContain(remedy)
})

test('a damaged record is named', async () => {
  const { call } = await inProject({ '.tsplay/restore-points/bad.json': '{"id":' })
  expect((await call('list')).stderr).toContain('bad.json is damaged.')
})
