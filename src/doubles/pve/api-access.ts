import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { flag, integer, required, text, type Values } from './parameters.ts'
import type { Pve, Settings } from './pve-state.ts'
import { newUuid } from './vm-config.ts'

const userid = { ...text, pattern: /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/, maxLength: 64 }
const person = {
  comment: text,
  email: text,
  enable: flag,
  expire: integer(0),
  firstname: text,
  lastname: text,
  groups: text,
  keys: text,
}
const token = { comment: text, expire: integer(0), privsep: flag }

/** pve-access-control, PVE/API2/{User,ACL,Role,Group}.pm. */
export const accessMethods: readonly ApiMethod[] = [
  {
    verb: 'get',
    path: '/access/users',
    parameters: { enabled: flag, full: flag },
    run: ({ pve }) => Object.keys(pve.users).map((name) => userRow(pve, name)),
  },
  {
    verb: 'create',
    path: '/access/users',
    parameters: { userid: required(userid), password: text, ...person },
    run: addUser,
  },
  {
    verb: 'get',
    path: '/access/users/{userid}',
    parameters: {},
    run: (call) => userNamed(call) && userRow(call.pve, call.values['userid'] ?? ''),
  },
  { verb: 'set', path: '/access/users/{userid}', parameters: { ...person, append: flag }, run: changeUser },
  { verb: 'delete', path: '/access/users/{userid}', parameters: {}, run: removeUser },
  { verb: 'get', path: '/access/users/{userid}/token', parameters: {}, run: tokens },
  { verb: 'create', path: '/access/users/{userid}/token/{tokenid}', parameters: token, run: addToken },
  {
    verb: 'set',
    path: '/access/users/{userid}/token/{tokenid}',
    parameters: { ...token, delete: text },
    run: changeToken,
  },
  { verb: 'delete', path: '/access/users/{userid}/token/{tokenid}', parameters: {}, run: removeToken },
  {
    verb: 'get',
    path: '/access/roles',
    parameters: {},
    run: ({ pve }) =>
      Object.entries(pve.roles).map(([roleid, privs]) => ({
        roleid,
        privs,
        special: /^(PVE|Admin|NoAcc)/.test(roleid) ? 1 : 0,
      })),
  },
  {
    verb: 'create',
    path: '/access/roles',
    parameters: { roleid: required(text), privs: text },
    run: ({ pve, values: { roleid = '', privs = '' } }) => {
      if (pve.roles[roleid] !== undefined) die(`create role failed: role '${roleid}' already exists`)
      pve.roles[roleid] = privs
      return null
    },
  },
  {
    verb: 'get',
    path: '/access/groups',
    parameters: {},
    run: ({ pve }) =>
      Object.entries(pve.groups).map(([groupid, group]) => ({
        groupid,
        ...group,
        users: membersOf(pve, groupid),
      })),
  },
  {
    verb: 'create',
    path: '/access/groups',
    parameters: { groupid: required(text), comment: text },
    run: ({ pve, values: { groupid = '', comment } }) => {
      if (pve.groups[groupid]) die(`create group failed: group '${groupid}' already exists`)
      pve.groups[groupid] = comment === undefined ? {} : { comment }
      return null
    },
  },
  {
    verb: 'get',
    path: '/access/acl',
    parameters: { path: text, exact: flag },
    run: ({ pve }) =>
      pve.acl.map(({ path, role, owner, type, propagate }) => ({
        path,
        roleid: role,
        ugid: owner,
        type,
        propagate: propagate ? 1 : 0,
      })),
  },
  {
    verb: 'set',
    path: '/access/acl',
    parameters: {
      path: required(text),
      roles: required(text),
      users: text,
      groups: text,
      tokens: text,
      propagate: flag,
      delete: flag,
    },
    run: changeAcl,
  },
]

const membersOf = ({ users }: Pve, group: string): string =>
  Object.entries(users)
    .filter(([, { groups = '' }]) => groups.split(',').includes(group))
    .map(([name]) => name)
    .join(',')

function userNamed({ pve, values }: ApiCall): Settings {
  const { userid: name = '' } = values
  return pve.users[name] ?? die(`no such user ('${name}')`)
}

const numbers = /^(enable|expire|privsep)$/
const typed = (settings: Settings): object =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, numbers.test(key) ? Number(value) : value]),
  )

const userRow = ({ users }: Pve, name: string): object => ({
  ...typed(users[name] ?? {}),
  userid: name,
  'realm-type': name.split('@')[1],
})

function settingsIn({
  userid: _,
  tokenid: __,
  password: ___,
  append: ____,
  delete: _____,
  ...settings
}: Values): Settings {
  return settings
}

function addUser({ pve, values }: ApiCall): null {
  const { userid: name = '', groups = '' } = values
  if (pve.users[name]) die(`create user failed: user '${name}' already exists`)
  const realm = name.split('@')[1] ?? ''
  if (realm !== 'pam' && realm !== 'pve') die(`create user failed: domain '${realm}' does not exist`)
  const missing = groups.split(',').find((group) => group !== '' && !pve.groups[group])
  if (missing !== undefined) die(`create user failed: no such group '${missing}'`)
  pve.users[name] = { enable: '1', expire: '0', ...settingsIn(values) }
  return null
}

function changeUser(call: ApiCall): null {
  Object.assign(userNamed(call), settingsIn(call.values))
  return null
}

/** With the user go its tokens and rights: `delete_user_acl`. */
function removeUser(call: ApiCall): null {
  userNamed(call)
  const { pve } = call
  const { userid: name = '' } = call.values
  if (name === 'root@pam') die("delete user failed: can't delete user 'root@pam'")
  delete pve.users[name]
  for (const key of Object.keys(pve.tokens)) if (key.startsWith(`${name}!`)) delete pve.tokens[key]
  pve.acl = pve.acl.filter(({ owner }) => owner !== name && !owner.startsWith(`${name}!`))
  return null
}

function tokens(call: ApiCall): unknown {
  userNamed(call)
  const prefix = `${call.values['userid']}!`
  return Object.entries(call.pve.tokens)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, { value: _, ...rest }]) => ({ tokenid: key.slice(prefix.length), ...typed(rest) }))
}

/** The value is shown this once. */
function addToken(call: ApiCall): unknown {
  userNamed(call)
  const { pve, values } = call
  const key = `${values['userid']}!${values['tokenid']}`
  if (pve.tokens[key]) die(`Token already exists.`)
  const settings = { privsep: '1', expire: '0', ...settingsIn(values) }
  const value = newUuid(call)
  pve.tokens[key] = { ...settings, value }
  return { 'full-tokenid': key, info: { ...settings }, value }
}

function tokenNamed({ pve, values }: ApiCall): Settings {
  const key = `${values['userid']}!${values['tokenid']}`
  return pve.tokens[key] ?? die(`no such token '${values['tokenid']}' for user '${values['userid']}'`)
}

function changeToken(call: ApiCall): unknown {
  const found = tokenNamed(call)
  Object.assign(found, settingsIn(call.values))
  for (const key of (call.values['delete'] ?? '').split(',').filter(Boolean)) delete found[key]
  const { value: _, ...shown } = found
  return shown
}

function removeToken(call: ApiCall): null {
  tokenNamed(call)
  const key = `${call.values['userid']}!${call.values['tokenid']}`
  delete call.pve.tokens[key]
  call.pve.acl = call.pve.acl.filter(({ owner }) => owner !== key)
  return null
}

function changeAcl({ pve, values }: ApiCall): null {
  const { path = '', roles = '', propagate = '1' } = values
  const owners = ownersIn(values)
  if (owners.length === 0)
    die('400 Parameter verification failed.\nusers: either users, groups or tokens required')
  for (const role of roles.split(',')) {
    if (pve.roles[role] === undefined) die(`role '${role}' does not exist`)
    for (const { type, owner } of owners) {
      requireOwner(pve, type, owner)
      const isSame = (one: Pve['acl'][number]): boolean =>
        one.path === path && one.role === role && one.owner === owner && one.type === type
      const others = pve.acl.filter((one) => !isSame(one))
      const entry = { path, role, owner, type, propagate: propagate === '1' }
      pve.acl = values['delete'] === '1' ? others : [...others, entry]
    }
  }
  return null
}

interface Owner {
  readonly type: 'user' | 'group' | 'token'
  readonly owner: string
}

function ownersIn(values: Values): Owner[] {
  const types = ['user', 'group', 'token'] as const
  return types.flatMap((type) => {
    const names = (values[`${type}s`] ?? '').split(',').filter(Boolean)
    return names.map((owner) => ({ type, owner }))
  })
}

function requireOwner(pve: Pve, type: Owner['type'], owner: string): void {
  const known = { user: pve.users, group: pve.groups, token: pve.tokens }[type]
  if (!known[owner]) die(`${type} '${owner}' does not exist`)
}
