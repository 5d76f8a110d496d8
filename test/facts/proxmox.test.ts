import { expect, it } from 'vitest'
import proxmoxAccess from '#facts/proxmox-access.ts'
import proxmoxNode from '#facts/proxmox-node.ts'
import proxmoxStorage from '#facts/proxmox-storage.ts'
import proxmoxVm from '#facts/proxmox-vm.ts'
import { recorded } from '../support/recorded.ts'

const nothing = { rc: 0, stdout: 'unsupported\n', stderr: '' }
const refused = { rc: 0, stdout: '\x1e\x1e', stderr: 'ipcc_send_rec[1] failed: Connection refused\n' }

it('reads machines, numbers that are texts included, and what waits for the next start', () => {
  const [cp01, missing, docker] = proxmoxVm.parse(recorded('proxmox-vm', 'pve-9.1'), ['103', '111', '204'])
  expect(cp01).toMatchObject({
    exists: true,
    name: 'k8s-cp01',
    status: 'running',
    lock: '',
    digest: '5f1b3c',
  })
  expect(cp01?.pending).toEqual(['memory', 'balloon'])
  expect(cp01?.config.get('cores')).toBe('2')
  expect(missing).toMatchObject({ exists: false, status: 'stopped' })
  expect(docker).toMatchObject({ lock: 'backup', pending: [] })
  expect([...(docker?.all ?? [])]).toEqual([
    [9000, 'debian13-template'],
    [204, 'docker-host'],
    [103, 'k8s-cp01'],
  ])
})

it('keeps apart a host without Proxmox and one whose Proxmox does not answer', () => {
  expect(proxmoxVm.parse(nothing, ['1'])[0]).toMatchObject({ unsupported: true, error: '', exists: false })
  expect(proxmoxVm.parse(refused, ['1'])[0]).toMatchObject({ unsupported: false, exists: false })
  expect(proxmoxVm.parse(refused, ['1'])[0]?.error).toContain('Connection refused')
  expect(proxmoxStorage.parse(refused).error).toContain('Connection refused')
  expect(proxmoxAccess.parse(refused, ['a@pve'])[0]?.error).toContain('Connection refused')
})

it('asks Proxmox what the host has, and the kernel where Proxmox does not say', () => {
  const output = recorded('proxmox-node', 'pve-9.1')
  expect(proxmoxNode.parse(output)).toMatchObject({ name: 'pve', memory: 33600000000, cpus: 4 })
  expect(proxmoxNode.parse(output).cpuFlags.has('aes')).toBe(true)
  const [, , kernel] = output.stdout.split('\x1e')
  expect(proxmoxNode.parse({ ...output, stdout: `pve\n\x1e\x1e${kernel}` })).toMatchObject({
    memory: 99999999 * 1024,
    cpus: 1,
    cpuModel: 'Another',
  })
})

it('reads storages and what can stand behind them', () => {
  const found = proxmoxStorage.parse(recorded('proxmox-storage', 'pve-9.1'))
  expect(found.storages.get('tank-vmstore')?.get('sparse')).toBe('1')
  expect([found.datasets, found.thinPools]).toEqual([['tank-vmstore', 'tank-vmstore/backups'], ['pve/data']])
})

it('reads users with tokens and rights', () => {
  const [monitor, other] = proxmoxAccess.parse(recorded('proxmox-access', 'pve-9.1'), [
    'monitor@pve',
    'ops@pve',
  ])
  expect(monitor?.user?.get('comment')).toBe('Monitoring')
  expect([...(monitor?.tokens.keys() ?? [])]).toEqual(['metrics'])
  expect(monitor?.acl.get('monitor@pve')).toEqual([
    { path: '/', role: 'PVEAuditor', propagate: true },
    { path: '/vms', role: 'PVEVMUser', propagate: false },
  ])
  expect(other?.user).toBeUndefined()
})
