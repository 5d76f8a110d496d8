import { describe, expect, it } from 'vitest'
import proxmoxAccess from '#facts/proxmox-access.ts'
import proxmoxUser from '#modules/proxmox-user.ts'
import { withPveBench } from '../support/pve-bench.ts'
import { recorded } from '../support/recorded.ts'
import { fieldsOf } from '../support/with-bench.ts'

const plan = (userid: string, args: object) => {
  const [state] = proxmoxAccess.parse(recorded('proxmox-access', 'pve-9.1'), [userid])
  if (!state) throw new Error('A fact gave no answer.')
  return proxmoxUser.plan({ args: { userid, ...args }, state, mode: 'apply' }).map(({ field }) => field)
}

const [audit, vms] = [
  { path: '/', role: 'PVEAuditor' },
  { path: '/vms', role: 'PVEVMUser', propagate: false },
]

describe('proxmox_user', () => {
  it.each([
    ['monitor@pve', { comment: 'Monitoring', enable: true, groups: ['a', 'b'], email: '' }, []],
    ['monitor@pve', { comment: 'Metrics' }, ['comment']],
    ['monitor@pve', { enable: false }, ['enable']],
    ['monitor@pve', { groups: ['a'] }, ['groups']],
    ['monitor@pve', { acl: [vms, audit] }, []],
    ['monitor@pve', { acl: [audit] }, ['acl']],
    ['monitor@pve', { acl: [audit, { ...vms, propagate: true }] }, ['acl']],
    ['ops@pve', {}, ['state']],
    ['ops@pve', { acl: [audit] }, ['state', 'acl']],
    ['ops@pve', { state: 'absent' }, []],
    ['monitor@pve', { state: 'absent' }, ['state']],
  ])('%s with %j changes %j', (userid, args, fields) => {
    expect(plan(userid, args)).toEqual(fields)
  })

  it('does not remove root', () => {
    expect(() => plan('root@pam', { state: 'absent' })).toThrow('root@pam cannot be removed')
  })
})

describe('proxmox_user, run', { timeout: 300_000 }, () => {
  const bench = withPveBench()
  const userid = 'ops@pve'

  it('makes a user with rights, changes both, and removes it', async () => {
    await bench().converge(proxmoxUser, { userid, comment: 'Ops', acl: [audit, vms] })
    const outcome = await bench().converge(proxmoxUser, {
      userid,
      comment: "Op's",
      acl: [{ ...vms, propagate: true }],
    })
    expect(fieldsOf(outcome)).toEqual(['comment', 'acl'])
    expect(bench().told().slice(-3)).toEqual([
      "pveum user modify ops@pve --comment Op's",
      'pveum acl modify /vms --users ops@pve --roles PVEVMUser --propagate 1',
      'pveum acl delete / --users ops@pve --roles PVEAuditor',
    ])
    await bench().converge(proxmoxUser, { userid, state: 'absent' })
  })
})
