import { symlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSchedules } from '#daemon/read-schedules.ts'
import { inFolder } from '../support/in-folder.ts'

// As the playbooks and roles that come with tsplay are used by a project of one's own.
const shipped = { roles: resolve('roles'), playbooks: resolve('playbooks') }

const project = {
  'hosts.yml': 'proxmox: { hosts: { pve1: , pve2: } }\n',
  'other.yml': 'proxmox: { hosts: { pve1: } }\n',
  'night.yml': '- import_playbook: playbooks/backup-vms.yml\n',
  'own.yml': `- hosts: pve1
  tags: [guests]
  roles: [{ role: backups, vars: { backups_vms: [104], backups_copy_host: "{{ facts.hostname }}" } }]
- hosts: pve1
  tags: [unknown]
  roles: [{ role: backups, vars: { backups_vms: !expr "[facts.cpu.count]" } }]
- { hosts: pve1, tags: [other], tasks: [{ debug: { msg: x } }] }
`,
  'configs.yml': '- { hosts: all, gather_facts: false, roles: [backups] }\n',
  'broken.yml': '- { hosts: nobody, roles: [backups] }\n',
}

/** What two schedules of these entries have in common: the place of the second, of the first, and the sentence. */
async function found(first: string, second: string) {
  await inFolder({
    ...project,
    'schedules.yml': `zone: UTC
schedules:
  a: { cron: "@weekly", inventory: hosts.yml, ${first} }
  b: { cron: "@daily", inventory: hosts.yml, ${second} }
`.replace(/inventory: hosts.yml, (.*inventory:)/g, '$1'),
  })
  for (const [name, target] of Object.entries(shipped)) symlinkSync(target, name)
  const { diagnostics } = await readSchedules('schedules.yml', [])
  return diagnostics.map(({ message, remedy, range, related }) => ({
    at: `${range?.file}:${range?.start.line}:${range?.start.column}`,
    first: `${related?.[0]?.range.file}:${related?.[0]?.range.start.line}`,
    text: `${message} ${remedy}`,
  }))
}

const all = 'run: playbooks/backup-vms.yml'
const leavingOut = (ids: string) => `${all}, extra_vars: { backups_vms_left_out: [${ids}] }`

describe('two schedules that back up one machine are named with their places', () => {
  test('when both take all', async () => {
    expect(await found(all, all)).toEqual([
      {
        at: 'schedules.yml:4:51',
        first: 'schedules.yml:3',
        text: expect.stringMatching(
          /^Every guest of pve1 has two owners, "a" and "b": "a" backs up all that the host has. Give "a" its own/,
        ),
      },
    ])
  })

  test.each([
    [
      'one takes all and the other one of them',
      `${all}, vms: [101]`,
      all,
      'Guest 101 of pve1',
      '"b" backs up all',
    ],
    [
      'the playbook is imported by another',
      'run: night.yml',
      `${all}, vms: [101]`,
      'Guest 101 of pve1',
      '"a"',
    ],
    [
      'the other is left out of a third',
      leavingOut('102'),
      `${all}, vms: [101, 102]`,
      'Guest 101 of pve1',
      '"a"',
    ],
    [
      'a playbook of one’s own says which',
      'run: own.yml, tags: [guests]',
      `${all}, vms: [103, 104]`,
      'Guest 104 of',
      '"b"',
    ],
    [
      'one limit holds the other',
      `${all}, limit: pve2`,
      `${all}, limit: proxmox`,
      'Every guest of pve2',
      '"a"',
    ],
    [
      'extra variables name it',
      `${all}, extra_vars: { backups_vms: [101] }`,
      `${all}, vms: [101]`,
      'Guest 101',
      '"a" and "b"',
    ],
  ])('when %s', async (_, first, second, machines, why) => {
    const [one, ...more] = await found(first, second)
    expect(more).toEqual([])
    expect(one?.text).toContain(machines)
    expect(one?.text).toContain(why)
  })
})

test.each([
  ['machines of their own', `${all}, vms: [101]`, `${all}, vms: [102]`],
  ['what the other leaves out', leavingOut('101'), `${all}, vms: [101]`],
  ['hosts of their own', `${all}, limit: pve1`, `${all}, limit: pve2`],
  ['inventories of their own', all, `${all}, inventory: other.yml`],
  ['tags that leave it to one of them', 'run: own.yml, tags: [other]', all],
  ['one that only looks', all, 'plan: playbooks/backup-vms.yml'],
  ['one that saves configuration', all, 'run: configs.yml'],
  ['what only its hosts know', 'run: own.yml, tags: [unknown]', all],
  ['a playbook that has errors of its own', all, 'run: broken.yml'],
])('two schedules may back machines up with %s', async (_, first, second) => {
  expect(await found(first, second)).toEqual([])
})

test('the machines of a host elsewhere are not its own', async () => {
  const apart = {
    'hosts.yml':
      'proxmox: { hosts: { pve1: , pve2: } }\nvms: { hosts: { a: { vm: { vmid: 101, host: pve1 } } } }\n',
  }
  Object.assign(project, apart)
  expect(await found(`${all}, limit: pve2, vms: [101]`, `${all}, limit: pve1`)).toEqual([])
})
