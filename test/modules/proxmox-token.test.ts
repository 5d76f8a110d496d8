import { describe, expect, it } from 'vitest'
import proxmoxAccess from '#facts/proxmox-access.ts'
import { Secret } from '#model/secret.ts'
import proxmoxToken from '#modules/proxmox-token.ts'
import { recorded } from '../support/recorded.ts'

const plan = (tokenid: string, args: object, kept?: boolean, userid = 'monitor@pve') => {
  const [access] = proxmoxAccess.parse(recorded('proxmox-access', 'pve-9.1'), [userid])
  if (!access) throw new Error('A fact gave no answer.')
  return proxmoxToken
    .plan({ args: { userid, tokenid, ...args }, state: { access, kept }, mode: 'apply' })
    .map(({ field }) => field)
}

describe('proxmox_token', () => {
  it.each([
    ['metrics', {}, []],
    ['metrics', { privsep: false }, ['privsep']],
    ['metrics', { expire: 1 }, ['expire']],
    ['metrics', { acl: [{ path: '/', role: 'PVEAuditor' }] }, []],
    ['metrics', { acl: [] }, ['acl']],
    ['metrics', { rotate: true }, ['secret']],
    ['metrics', { state: 'absent' }, ['state']],
    ['backup', {}, ['state']],
    ['backup', { acl: [{ path: '/', role: 'PVEAuditor' }] }, ['state', 'acl']],
    ['backup', { state: 'absent' }, []],
  ])('%s with %j changes %j', (tokenid, args, fields) => {
    expect(plan(tokenid, args)).toEqual(fields)
  })

  it('fails when nobody knows the secret any more, and says what to do', () => {
    const args = { secret_file: 'secrets/metrics' }
    expect(plan('metrics', args, true)).toEqual([])
    expect(() => plan('metrics', args, false)).toThrow('Use `rotate: true` once to make it anew')
    expect(plan('metrics', { ...args, rotate: true }, false)).toEqual(['secret'])
  })

  it('needs its user', () => {
    expect(() => plan('x', {}, undefined, 'ops@pve')).toThrow('There is no user ops@pve')
  })

  it('registers the secret as one', () => {
    const [access] = proxmoxAccess.parse(recorded('proxmox-access', 'pve-9.1'), ['monitor@pve'])
    if (!access) throw new Error('A fact gave no answer.')
    const told = proxmoxToken.result?.({
      args: { userid: 'monitor@pve', tokenid: 'new' },
      state: { access, kept: undefined },
      changes: [],
      applied: new Secret('0f1e-value'),
      mode: 'apply',
    })
    expect(JSON.stringify(told)).toBe('{"data":{"full_tokenid":"monitor@pve!new","value":"***"}}')
  })
})
