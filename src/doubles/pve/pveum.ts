import { defineCli } from './pve-cli.ts'
import { methodAt } from './routes.ts'
import { textTable } from './text-table.ts'

const token = '/access/users/{userid}/token/{tokenid}'
const shown = { print: textTable }
const setAcl = { method: methodAt('set', '/access/acl'), positional: ['path'] }

export const pveum = defineCli(
  'pveum',
  'Proxmox VE 9.1: pveum(1), pve-access-control PVE/CLI/pveum.pm and PVE/API2',
  {
    'user list': { method: methodAt('get', '/access/users'), ...shown },
    'user add': { method: methodAt('create', '/access/users'), positional: ['userid'] },
    'user modify': { method: methodAt('set', '/access/users/{userid}'), positional: ['userid'] },
    'user delete': { method: methodAt('delete', '/access/users/{userid}'), positional: ['userid'] },
    'user token list': {
      method: methodAt('get', '/access/users/{userid}/token'),
      positional: ['userid'],
      ...shown,
    },
    'user token add': { method: methodAt('create', token), positional: ['userid', 'tokenid'], ...shown },
    'user token modify': { method: methodAt('set', token), positional: ['userid', 'tokenid'], ...shown },
    'user token delete': { method: methodAt('delete', token), positional: ['userid', 'tokenid'] },
    'user token remove': { method: methodAt('delete', token), positional: ['userid', 'tokenid'] },
    'role list': { method: methodAt('get', '/access/roles'), ...shown },
    'role add': { method: methodAt('create', '/access/roles'), positional: ['roleid'] },
    'group list': { method: methodAt('get', '/access/groups'), ...shown },
    'group add': { method: methodAt('create', '/access/groups'), positional: ['groupid'] },
    'acl list': { method: methodAt('get', '/access/acl'), ...shown },
    'acl modify': setAcl,
    'acl delete': { ...setAcl, fixed: { delete: '1' } },
  },
)
