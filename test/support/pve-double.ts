// Stands in for pvesh, qm, pvesm and pveum where modules are tried: state in one file, answers in the shapes that
// qemu-server and pve-manager give. Started as `node pve-double.ts FOLDER PROGRAM ARGUMENT…`.
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'

type Fields = Record<string, string>

interface Pve {
  vms: Record<string, { config: Fields; status: string; running?: Fields }>
  storages: Record<string, Fields>
  users: Record<string, { fields: Fields; tokens: Record<string, Fields> }>
  acl: { path: string; roleid: string; propagate: number; type: string; ugid: string }[]
  /** Programs whose task fails without an exit code: `qm template`. */
  failing: string[]
}

const [folder = '', program = '', ...argv] = process.argv.slice(2)
const file = `${folder}/pve.json`
const pve: Pve = JSON.parse(readFileSync(file, 'utf8'))

class Refused extends Error {}

const options: Fields = {}
const words: string[] = []
for (let i = 0; i < argv.length; i += 1) {
  const word = argv[i] ?? ''
  if (!word.startsWith('--')) words.push(word)
  else {
    options[word.slice(2)] = argv[i + 1] ?? ''
    i += 1
  }
}
const [first = '', second = '', third = '', fourth = ''] = words

const digestOf = (config: Fields): string => createHash('sha1').update(JSON.stringify(config)).digest('hex')

function vm(id: string) {
  const found = pve.vms[id]
  if (!found) throw new Refused(`Configuration file 'nodes/pve/qemu-server/${id}.conf' does not exist`)
  return found
}

/** Of a processor without AVX2. */
const flags = 'fpu aes avx cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3 xsave'

const print = (value: unknown): void => console.log(JSON.stringify(value))

function configOf(id: string): Fields {
  const { config } = vm(id)
  const shown = config['cipassword'] === undefined ? {} : { cipassword: '**********' }
  return { ...config, ...shown, digest: digestOf(config) }
}

function get(path: string): unknown {
  const [, kind, , , id = '', what] = path.split('/')
  if (path.startsWith('/nodes/') && path.endsWith('/status'))
    return {
      cpuinfo: { cpus: 4, flags, model: 'Intel(R) Xeon(R) CPU E5-1603 0 @ 2.80GHz' },
      memory: { total: 32e9 },
    }
  if (kind === 'nodes' && id === '')
    return Object.entries(pve.vms).map(([vmid, { config, status }]) => ({
      vmid: Number(vmid),
      name: config['name'] ?? `VM ${vmid}`,
      status,
      ...(config['template'] === '1' ? { template: 1 } : {}),
    }))
  if (kind === 'nodes' && what === 'config') return configOf(id)
  if (kind === 'nodes') {
    const { config, running } = vm(id)
    return Object.entries(config).map(([key, value]) =>
      running && running[key] !== value ? { key, pending: value } : { key, value },
    )
  }
  if (path === '/storage')
    return Object.entries(pve.storages).map(([storage, one]) => ({ ...one, storage, digest: 'd' }))
  if (path === '/access/acl') return pve.acl
  if (path === '/access/users')
    return Object.entries(pve.users).map(([userid, { fields }]) => ({ userid, ...fields }))
  const tokens = pve.users[path.split('/')[3] ?? '']?.tokens
  if (!tokens) throw new Refused('no such user')
  return Object.entries(tokens).map(([tokenid, one]) => ({ tokenid, ...one }))
}

/** A disk that is asked for as `storage:GIB` or `storage:0,import-from=…` becomes a volume with a size. */
function withVolume(id: string, key: string, value: string): string {
  const [, storage, size = '', rest = ''] = /^([^:,]+):(\d+|cloudinit)(.*)$/.exec(value) ?? []
  if (!/^(scsi|virtio|sata|ide)\d+$/.test(key) || storage === undefined) return value
  if (!pve.storages[storage]) throw new Refused(`storage '${storage}' does not exist`)
  if (size === 'cloudinit') return `${storage}:vm-${id}-cloudinit,media=cdrom,size=4M`
  const kept = rest.split(',').filter((part) => part !== '' && !part.startsWith('import-from='))
  return [`${storage}:vm-${id}-disk-0`, ...kept, `size=${size === '0' ? 3 : size}G`].join(',')
}

const withMac = (key: string, value: string): string =>
  /^net\d+$/.test(key) && !/^\w+=/.test(value) ? value.replace(/^(\w+)/, '$1=BC:24:11:00:00:01') : value

function setConfig(id: string, values: Fields): void {
  const { config } = vm(id)
  const { digest, sshkeys, ...plain } = values
  if (digest !== undefined && digest !== digestOf(config))
    throw new Refused('detected modified configuration - file changed by other user? Try again.')
  const keys = sshkeys === undefined ? {} : { sshkeys: encodeURIComponent(readFileSync(sshkeys, 'utf8')) }
  for (const [key, value] of Object.entries({ ...plain, ...keys }))
    config[key] = withMac(key, withVolume(id, key, value))
}

function resize(id: string, slot: string, size: string): void {
  const { config } = vm(id)
  config[slot] = (config[slot] ?? '').replace(/size=[^,]*/, `size=${size}`)
}

function clone(from: string, to: string): void {
  const { template: _, ...config } = vm(from).config
  const copied = Object.entries(config).map(([key, value]) => [
    key,
    value.replaceAll(`vm-${from}-`, `vm-${to}-`),
  ])
  pve.vms[to] = { config: { ...Object.fromEntries(copied), name: options['name'] ?? '' }, status: 'stopped' }
}

const qm: Record<string, () => void> = {
  create() {
    if (pve.vms[second])
      throw new Refused(`unable to create VM ${second} - VM ${second} already exists on node 'pve'`)
    pve.vms[second] = { config: {}, status: 'stopped' }
    setConfig(second, options)
  },
  clone: () => clone(second, third),
  set: () => setConfig(second, options),
  disk: () => resize(third, fourth, words[4] ?? ''),
  cloudinit: () => void vm(third),
  template() {
    const one = vm(second)
    if (one.status === 'running') throw new Refused("you can't convert a VM to template if VM is running")
    one.config['template'] = '1'
  },
  start() {
    const one = vm(second)
    one.status = 'running'
    one.running = { ...one.config }
  },
  shutdown() {
    const one = vm(second)
    one.status = 'stopped'
    delete one.running
  },
  reboot: () => qm['start']?.(),
  destroy() {
    if (vm(second).config['protection'] === '1')
      throw new Refused("can't remove VM - protection mode enabled")
    delete pve.vms[second]
  },
}

const pvesm: Record<string, () => void> = {
  add() {
    if (pve.storages[third]) throw new Refused(`storage ID '${third}' already defined`)
    pve.storages[third] = { type: second, ...options, ...(second === 'zfspool' ? { mountpoint: '/x' } : {}) }
  },
  set() {
    const { digest: _, ...values } = options
    Object.assign(pve.storages[second] ?? {}, values)
  },
  remove: () => void delete pve.storages[second],
}

const owners = (): { type: string; ugid: string } =>
  options['tokens'] === undefined
    ? { type: 'user', ugid: options['users'] ?? '' }
    : { type: 'token', ugid: options['tokens'] }

function acl(): void {
  const entry = { path: third, roleid: options['roles'] ?? '', ...owners() }
  pve.acl = pve.acl.filter(
    ({ path, roleid, ugid }) => path !== entry.path || roleid !== entry.roleid || ugid !== entry.ugid,
  )
  if (second === 'modify') pve.acl.push({ ...entry, propagate: Number(options['propagate'] ?? '1') })
}

function token(): void {
  const tokens = pve.users[fourth]?.tokens
  const id = words[4] ?? ''
  if (!tokens) throw new Refused(`no such user ('${fourth}')`)
  const { 'output-format': _, ...fields } = options
  if (third === 'delete') {
    delete tokens[id]
    pve.acl = pve.acl.filter(({ ugid }) => ugid !== `${fourth}!${id}`)
    return
  }
  if (third === 'add' && tokens[id]) throw new Refused('Token already exists.')
  tokens[id] = { expire: '0', ...fields }
  if (third === 'add')
    print({
      'full-tokenid': `${fourth}!${id}`,
      info: fields,
      value: `5ecret-${Object.keys(tokens).length}-${Date.now()}`,
    })
}

function user(): void {
  if (second === 'token') token()
  else if (second === 'delete') delete pve.users[third]
  else
    pve.users[third] = {
      fields: { enable: '1', expire: '0', ...pve.users[third]?.fields, ...options },
      tokens: pve.users[third]?.tokens ?? {},
    }
}

try {
  appendFileSync(`${folder}/calls`, `${[program, ...argv].join(' ')}\n`)
  if (pve.failing.includes(`${program} ${first}`)) {
    // These programs have no exit code for a task that failed.
    console.error(`${first}: the task failed`)
    process.exit(first === 'template' || first === 'disk' ? 0 : 255)
  }
  if (program === 'pvesh') print(get(second))
  else if (program === 'pveum') (first === 'acl' ? acl : user)()
  else ({ qm, pvesm })[program === 'qm' ? 'qm' : 'pvesm'][first]?.()
  writeFileSync(file, JSON.stringify(pve))
} catch (error) {
  if (!(error instanceof Refused)) throw error
  console.error(error.message)
  process.exitCode = 255
}
