import { readFileSync, rmSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import proxmoxAccess from '#facts/proxmox-access.ts'
import { Secret } from '#model/secret.ts'
import proxmoxToken from '#modules/proxmox-token.ts'
import { withPveBench } from '../support/pve-bench.ts'
import { recorded } from '../support/recorded.ts'
import { fieldsOf } from '../support/with-bench.ts'

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

describe('proxmox_token, run', { timeout: 300_000 }, () => {
  const bench = withPveBench()
  const args = {
    userid: 'root@pam',
    tokenid: 'metrics',
    acl: [{ path: '/', role: 'PVEAuditor' }],
    secret_file: 'secrets/metrics',
  }
  const kept = () => `${bench().folder}/secrets/metrics`

  it('makes a token once, and keeps its secret for its owner alone', async () => {
    const outcome = await bench().converge(proxmoxToken, args)
    const value = outcome.result.data?.['value']
    if (!(value instanceof Secret)) throw new Error('The secret is not registered as one.')
    expect(readFileSync(kept(), 'utf8')).toBe(`${value.reveal()}\n`)
    expect(statSync(kept()).mode & 0o777).toBe(0o600)
  })

  it('makes it anew when told so, with its rights', async () => {
    const before = readFileSync(kept(), 'utf8')
    rmSync(kept())
    await expect(bench().run(proxmoxToken, args)).rejects.toThrow('`rotate: true`')
    expect(fieldsOf(await bench().run(proxmoxToken, { ...args, rotate: true }))).toEqual(['secret'])
    expect(readFileSync(kept(), 'utf8')).not.toBe(before)
    expect(fieldsOf(await bench().converge(proxmoxToken, args))).toEqual([])
  })

  it('changes its settings without another secret', async () => {
    const before = readFileSync(kept(), 'utf8')
    expect(fieldsOf(await bench().converge(proxmoxToken, { ...args, comment: 'For graphs' }))).toEqual([
      'comment',
    ])
    expect(readFileSync(kept(), 'utf8')).toBe(before)
    await bench().converge(proxmoxToken, { userid: 'root@pam', tokenid: 'metrics', state: 'absent' })
  })
})
