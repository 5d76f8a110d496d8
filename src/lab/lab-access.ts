import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabHost, LabPlan } from './lab-plan.ts'
import type { Endpoint } from './lab-state.ts'
import { runCommand } from './run-command.ts'

/** What a lab's user logs in with, and what a host's own file system is given of it. */
export interface LabAccess {
  /** The public half of the lab's key, as one line. */
  readonly authorizedKey: string
  /** Each host's own key pair, in OpenSSH's formats. */
  readonly hostKeys: Readonly<Record<string, KeyPair>>
  /** Of the user `operator`, whose sudo asks for it. */
  readonly operatorPassword: string
  readonly operatorHash: string
}

export interface KeyPair {
  readonly privateKey: string
  readonly publicKey: string
}

/** How a lab's user logs in, by what its backend says. */
export interface LabLogin {
  readonly user: string
  /** Further variables of a host. */
  readonly variables: (host: LabHost, endpoint: Endpoint) => Readonly<Record<string, string | boolean>>
}

type Endpoints = Readonly<Record<string, Endpoint>>

/**
 * Makes the keys of a lab and writes what its user needs into the lab's folder: the key, `known_hosts`,
 * `ssh_config` and `inventory.yml`. Only root can read them: whoever holds the key is root on the hosts.
 */
export async function grantAccess(plan: LabPlan, endpoints: Endpoints, login: LabLogin): Promise<LabAccess> {
  const password = randomBytes(12).toString('base64url')
  await mkdir(plan.folder, { recursive: true, mode: 0o700 })
  const [user, hash, ...keys] = await Promise.all([
    makeKey(join(plan.folder, 'id_ed25519'), `lab ${plan.spec.name}`),
    hashPassword(password),
    ...plan.hosts.map((host) => makeKey(join(plan.folder, `host-${host.name}`), host.name)),
  ])
  // The hosts hold their own keys; the copies were only made for them.
  const copies = plan.hosts.flatMap(({ name }) => [`host-${name}`, `host-${name}.pub`])
  await Promise.all(copies.map((file) => rm(join(plan.folder, file))))
  const hostKeys = Object.fromEntries(plan.hosts.map((host, index) => [host.name, keys[index] ?? user]))
  await Promise.all([
    write(plan, 'known_hosts', knownHosts(plan, endpoints, hostKeys)),
    write(plan, 'ssh_config', sshConfig(plan, endpoints, login.user)),
    write(plan, 'inventory.yml', inventory(plan, endpoints, { ...login, password })),
  ])
  return { authorizedKey: user.publicKey, hostKeys, operatorPassword: password, operatorHash: hash }
}

const write = (plan: LabPlan, name: string, text: string): Promise<void> =>
  writeFile(join(plan.folder, name), text, { mode: 0o600 })

async function makeKey(file: string, comment: string): Promise<KeyPair> {
  await Promise.all([rm(file, { force: true }), rm(`${file}.pub`, { force: true })])
  await runCommand(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file])
  const [privateKey, publicKey] = await Promise.all([readFile(file, 'utf8'), readFile(`${file}.pub`, 'utf8')])
  return { privateKey, publicKey }
}

async function hashPassword(password: string): Promise<string> {
  return (await runCommand(['openssl', 'passwd', '-6', '-stdin'], { input: `${password}\n` })).trim()
}

/** A host answers with the same key through the loopback and inside the lab. */
export function knownHosts(
  plan: LabPlan,
  endpoints: Endpoints,
  keys: Readonly<Record<string, Pick<KeyPair, 'publicKey'>>>,
): string {
  const lines = plan.hosts.map((host) => {
    const { address = '', port = 22 } = endpoints[host.name] ?? {}
    const [type = '', key = ''] = (keys[host.name]?.publicKey ?? '').split(' ')
    return `[${address}]:${port},${host.name},${host.address} ${type} ${key.trim()}\n`
  })
  return lines.join('')
}

/** For `ssh -F`: `ssh -F .tsplay/lab/default/ssh_config web01`. */
export function sshConfig(plan: LabPlan, endpoints: Endpoints, user: string): string {
  const hosts = plan.hosts.map((host) => {
    const { address = '', port = 22 } = endpoints[host.name] ?? {}
    return `Host ${host.name}\n  HostName ${address}\n  Port ${port}\n`
  })
  const all = [
    'Host *',
    `  User ${user}`,
    `  IdentityFile "${join(plan.folder, 'id_ed25519')}"`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile "${join(plan.folder, 'known_hosts')}"`,
    '  GlobalKnownHostsFile none',
    '  StrictHostKeyChecking yes',
    '  ForwardAgent no',
  ]
  return `${hosts.join('')}${all.join('\n')}\n`
}

/** Plain where YAML takes it for what it is. */
const scalar = (value: string | number | boolean): string =>
  typeof value === 'string' && !/^[\w./-]+$/.test(value) ? JSON.stringify(value) : String(value)

/** The lab as an inventory source. Text is written as JSON, which YAML reads as it stands. */
export function inventory(
  plan: LabPlan,
  endpoints: Endpoints,
  { user, variables, password }: LabLogin & { readonly password: string },
): string {
  const text = (value: string) => JSON.stringify(value)
  const groups = [...new Set(plan.hosts.flatMap((host) => host.groups))]
  const hosts = plan.hosts.map((host) => {
    const { address = '', port = 22 } = endpoints[host.name] ?? {}
    const known = {
      ssh_host: address,
      ssh_port: port,
      lab_address: host.address,
      ...variables(host, { address, port }),
    }
    const pairs = Object.entries(known).map(([name, value]) => `${name}: ${scalar(value)}`)
    return `    ${host.name}: { ${pairs.join(', ')} }`
  })
  const children = groups.map((group) => {
    const members = plan.hosts.filter((host) => host.groups.includes(group))
    return `    ${group}:\n      hosts:\n${members.map((host) => `        ${host.name}:`).join('\n')}`
  })
  return [
    `# The lab "${plan.spec.name}", written by tsplay lab up.`,
    'all:',
    '  vars:',
    `    ssh_user: ${text(user)}`,
    `    ssh_private_key_file: ${text(join(plan.folder, 'id_ed25519'))}`,
    `    ssh_known_hosts: ${text(join(plan.folder, 'known_hosts'))}`,
    '    ssh_host_key_checking: strict',
    `    lab_operator_password: ${text(password)}`,
    '  hosts:',
    ...hosts,
    ...(children.length > 0 ? ['  children:', ...children] : []),
    '',
  ].join('\n')
}
