import { bytesOf } from './byte-size.ts'
import { hasProperties, parseProperties, propertiesText } from './property-string.ts'
import type { ProxmoxVmArgs } from './proxmox-vm-args.ts'

/** A setting of a machine that differs from what is wanted. */
export interface SettingChange {
  readonly key: string
  readonly before: string | undefined
  /** What `qm set` is told. */
  readonly after: string
}

type Config = ReadonlyMap<string, string>

/** How the value of a setting is compared. */
type Setting = (present: string | undefined) => string | undefined

/** Settings that differ. Those of disks that grow come from `diskGrowth`. */
export function settingChanges(args: ProxmoxVmArgs, config: Config): readonly SettingChange[] {
  return [...wantedSettings(args, config)].flatMap(([key, setting]) => {
    const before = config.get(key)
    const after = setting(before)
    return after === undefined ? [] : [{ key, before, after }]
  })
}

function wantedSettings(args: ProxmoxVmArgs, config: Config): ReadonlyMap<string, Setting> {
  const settings = new Map<string, Setting>()
  const add = <T>(key: string, value: T | undefined, make: (value: T) => Setting): void => {
    if (value !== undefined) settings.set(key, make(value))
  }
  add('name', args.name, text)
  add('memory', args.memory, (value) => properties({ current: value }, 'current'))
  for (const key of ['balloon', 'cores', 'sockets'] as const) add(key, args[key], text)
  add('cpu', args.cpu, (value) => properties({ cputype: value }, 'cputype'))
  add('agent', args.agent, (value) => properties({ enabled: value }, 'enabled'))
  for (const key of ['onboot', 'protection'] as const) add(key, args[key], flag)
  add('description', args.description, (value) => same(value.trim(), (present) => present.trim()))
  add('tags', args.tags, (value) => same(setText(value), (present) => setText(present.split(/[;, ]+/))))
  for (const [key, value] of Object.entries(args.options ?? {})) settings.set(key, option(value))
  addDevices(settings, args, config)
  add('boot', args.boot_order, (value) => properties({ order: value.join(';') }, 'legacy'))
  return settings
}

function addDevices(settings: Map<string, Setting>, args: ProxmoxVmArgs, config: Config): void {
  const drive = args.cloud_init?.storage
  const slot = args.cloud_init?.slot ?? 'ide2'
  if (drive !== undefined)
    settings.set(slot, (present) => (present?.includes('cloudinit') ? undefined : `${drive}:cloudinit`))
  for (const [key, disk] of Object.entries(args.disks ?? {})) settings.set(key, diskSetting(disk))
  args.networks?.forEach(({ model = 'virtio', mac, bridge, options }, i) => {
    settings.set(`net${i}`, networkSetting(model, mac, { bridge, ...options }))
  })
  for (const [key, setting] of cloudInitSettings(args, config)) settings.set(key, setting)
}

function cloudInitSettings(
  { cloud_init: given = {} }: ProxmoxVmArgs,
  config: Config,
): readonly (readonly [string, Setting])[] {
  const { user, password, ssh_keys: keys, ip = [], nameservers, search_domain: domain, upgrade } = given
  return [
    ...(user === undefined ? [] : [['ciuser', text(user)] as const]),
    // Proxmox shows asterisks; whether it is the same one cannot be told.
    ...(password === undefined || config.has('cipassword')
      ? []
      : [['cipassword', always('a new one')] as const]),
    ...(keys === undefined
      ? []
      : [['sshkeys', same(linesText(keys), (it) => linesText(decoded(it).split('\n')))] as const]),
    ...ip.map(
      (one, i) => [`ipconfig${i}`, properties(Object.fromEntries(parseProperties(one, '')), '')] as const,
    ),
    ...(nameservers === undefined
      ? []
      : [['nameserver', same(nameservers.join(' '), (it) => it.split(/[\s,]+/).join(' '))] as const]),
    ...(domain === undefined ? [] : [['searchdomain', text(domain)] as const]),
    ...(upgrade === undefined ? [] : [['ciupgrade', flag(upgrade, '1')] as const]),
  ]
}

const always =
  (value: string): Setting =>
  () =>
    value

const text = (value: string | number): Setting => same(String(value), (present) => present)

const same =
  (wanted: string, normalized: (present: string) => string): Setting =>
  (present = '') =>
    normalized(present) === wanted ? undefined : wanted

function flag(value: boolean, byDefault = '0'): Setting {
  const wanted = word(value)
  return (present = byDefault) => (present === wanted ? undefined : wanted)
}

const word = (value: unknown): string => (typeof value === 'boolean' ? String(Number(value)) : String(value))

/** Of a setting that nobody described: a property string when it looks like one. */
function option(value: string | number | boolean): Setting {
  const wanted = word(value)
  if (!wanted.includes('=')) return typeof value === 'boolean' ? flag(value) : text(wanted)
  return properties(Object.fromEntries(parseProperties(wanted, '')), '')
}

/** Parts that are not named stay as they are: they came from Proxmox, or from somebody else. */
function properties(wanted: Readonly<Record<string, unknown>>, defaultName: string): Setting {
  const parts = new Map(Object.entries(wanted).map(([name, value]) => [name, word(value)]))
  return (present = '') => {
    const now = parseProperties(present, defaultName)
    if (hasProperties(now, parts)) return undefined
    return propertiesText(new Map([...now, ...parts]), defaultName)
  }
}

const models = /^(virtio|e1000e?|rtl8139|vmxnet3|ne2k_\w+|i8255\w+|pcnet|e1000-\w+)$/

/** The address is the value of the model: `virtio=BC:24:…`. One that nobody asked for was made up, and stays. */
function networkSetting(
  model: string,
  mac: string | undefined,
  wanted: Readonly<Record<string, unknown>>,
): Setting {
  const parts = new Map(Object.entries(wanted).map(([name, value]) => [name, word(value)]))
  return (present = '') => {
    const now = parseProperties(present, 'model')
    const [presentModel, presentMac] = [...now].find(([name]) => models.test(name)) ?? [now.get('model')]
    const keeps = mac === undefined || mac.toUpperCase() === presentMac?.toUpperCase()
    if (presentModel === model && keeps && hasProperties(now, parts)) return undefined
    const address = mac ?? presentMac
    const rest = [...now].filter(([name]) => !models.test(name) && name !== 'model')
    const first = address === undefined ? model : `${model}=${address}`
    return [first, propertiesText(new Map([...rest, ...parts]), '')].filter((part) => part !== '').join(',')
  }
}

type Disk = NonNullable<ProxmoxVmArgs['disks']>[string]

/** A disk that exists stays where it is; only its options change. */
function diskSetting({ storage, size, import_from: image, options = {} }: Disk): Setting {
  const parts = new Map(Object.entries(options).map(([name, value]) => [name, word(value)]))
  return (present) => {
    if (present === undefined) {
      const room = image === undefined ? Math.ceil((bytesOf(size ?? '') ?? 0) / 1024 ** 3) : 0
      const source = image === undefined ? [] : [['import-from', image] as const]
      return propertiesText(new Map([['file', `${storage}:${room}`], ...source, ...parts]), 'file')
    }
    const now = parseProperties(present, 'file')
    if (hasProperties(now, parts)) return undefined
    return propertiesText(new Map([...now, ...parts].filter(([name]) => name !== 'size')), 'file')
  }
}

export interface DiskGrowth {
  readonly key: string
  readonly before: string
  readonly after: string
  readonly shrinks: boolean
}

/** Disks that exist and have another size. */
export function diskGrowth({ disks = {} }: ProxmoxVmArgs, config: Config): readonly DiskGrowth[] {
  return Object.entries(disks).flatMap(([key, { size }]) => {
    const before = parseProperties(config.get(key) ?? '', 'file').get('size')
    const [now, wanted] = [bytesOf(before ?? ''), bytesOf(size ?? '')]
    if (
      before === undefined ||
      size === undefined ||
      now === undefined ||
      wanted === undefined ||
      now === wanted
    )
      return []
    return [{ key, before, after: size, shrinks: wanted < now }]
  })
}

/** What a difference in the place of a disk looks like; sentences. It is not moved. */
export function diskDrift({ disks = {} }: ProxmoxVmArgs, config: Config): readonly string[] {
  return Object.entries(disks).flatMap(([key, { storage }]) => {
    const volume = parseProperties(config.get(key) ?? '', 'file').get('file')
    return volume === undefined || volume.startsWith(`${storage}:`)
      ? []
      : [`${key} is ${volume}, not on ${storage}. tsplay does not move disks.`]
  })
}

const setText = (values: readonly string[]): string =>
  [...new Set(values.map((value) => value.trim().toLowerCase()))]
    .filter((value) => value !== '')
    .toSorted()
    .join(';')

const linesText = (lines: readonly string[]): string =>
  lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Whether something changed that the guest reads from its cloud-init drive. */
export function isReadByGuest(
  settings: readonly { readonly key: string }[],
  config: ReadonlyMap<string, string>,
): boolean {
  const hasDrive = [...config.values()].some((value) => value.includes('cloudinit'))
  return (
    hasDrive && settings.some(({ key }) => /^(ci|ipconfig|sshkeys|nameserver|searchdomain|name$)/.test(key))
  )
}
