import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { DoubleHost } from '../host.ts'
import { generatedUnit, initScriptText } from './init-script.ts'
import { templateOf, typeOf } from './unit-names.ts'
import { lastOf, parseUnitText, type Setting, valuesOf } from './unit-settings.ts'

/** A unit as its files describe it. */
export interface Unit {
  readonly id: string
  readonly names: readonly string[]
  readonly load: 'loaded' | 'not-found' | 'masked' | 'bad-setting'
  /** Empty when no file describes it. */
  readonly path: string
  /** The init script that a unit was made of. */
  readonly source: string
  readonly dropIns: readonly string[]
  /** Another one when a file of it is changed, comes or goes. */
  readonly stamp: string
  readonly settings: readonly Setting[]
}

/** In the order in which the first file counts. See systemd.unit(5), "Unit File Load Path". */
export const unitFolders: readonly string[] = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/lib/systemd/system',
  '/usr/lib/systemd/system',
]

/** Those of systemd's own targets that packages refer to: a host without systemd has no files for them. */
const ownTargets: ReadonlySet<string> = new Set(
  [
    ...['basic', 'default', 'getty', 'graphical', 'local-fs', 'multi-user', 'network', 'network-online'],
    ...['network-pre', 'nss-lookup', 'paths', 'remote-fs', 'sockets', 'sysinit', 'timers', 'time-sync'],
  ].map((name) => `${name}.target`),
)

/** Looks a unit up by one of its names, as it would be loaded now. */
export function findUnit(host: DoubleHost, name: string): Unit {
  const none = { id: name, names: [name], path: '', source: '', dropIns: [], stamp: '', settings: [] }
  const found = fileOf(host, name)
  if (found === undefined) return withoutFile(host, name, none)
  const target = aliased(host, found)
  if (target === '/dev/null' || isEmpty(host.path(found))) return { ...none, path: found, load: 'masked' }
  const id = basename(target)
  if (id !== name && id !== templateOf(name) && typeOf(id) === typeOf(name)) {
    const unit = findUnit(host, id)
    return { ...unit, names: [...new Set([...unit.names, name])] }
  }
  return readUnit(host, { ...none, path: found }, readFileSync(host.path(found), 'utf8'))
}

/** The first file of that name, or of its template. */
export function fileOf(host: DoubleHost, name: string): string | undefined {
  const names = [name, templateOf(name) ?? name]
  const paths = names.flatMap((one) => unitFolders.map((folder) => join(folder, one)))
  return paths.find((path) => lstatSync(host.path(path), { throwIfNoEntry: false }) !== undefined)
}

/** Where a link leads, if the file is one. */
function aliased(host: DoubleHost, path: string): string {
  if (!lstatSync(host.path(path)).isSymbolicLink()) return path
  const target = resolve(dirname(path), readlinkSync(host.path(path)))
  if (target === '/dev/null') return target
  return lstatSync(host.path(target), { throwIfNoEntry: false })?.isSymbolicLink()
    ? aliased(host, target)
    : target
}

const isEmpty = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.size === 0

type Beginning = Omit<Unit, 'load'>

function withoutFile(host: DoubleHost, name: string, none: Beginning): Unit {
  const service = name.replace(/[.]service$/, '')
  const script = typeOf(name) === 'service' ? initScriptText(host, service) : undefined
  if (script !== undefined) {
    const path = `/run/systemd/generator.late/${name}`
    return readUnit(host, { ...none, path, source: `/etc/init.d/${service}` }, generatedUnit(service, script))
  }
  return { ...none, load: ownTargets.has(name) ? 'loaded' : 'not-found' }
}

function readUnit(host: DoubleHost, unit: Beginning, text: string): Unit {
  const dropIns = dropInsOf(host, unit.id)
  const texts = [text, ...dropIns.map((path) => readFileSync(host.path(path), 'utf8'))]
  const settings = texts.flatMap(parseUnitText)
  const files = [unit.source || unit.path, ...dropIns]
  const stamp = files.map((file) => `${file} ${statSync(host.path(file)).mtimeMs}`).join('\n')
  return { ...unit, dropIns, stamp, settings, load: isSound(unit.id, settings) ? 'loaded' : 'bad-setting' }
}

function dropInsOf(host: DoubleHost, id: string): string[] {
  const names = [`${typeOf(id)}.d`, `${templateOf(id) ?? id}.d`, `${id}.d`]
  const found = new Map<string, string>()
  for (const folder of names.flatMap((name) => unitFolders.map((one) => join(one, name)))) {
    for (const file of listed(host.path(folder)).filter((one) => one.endsWith('.conf'))) {
      if (!found.has(file)) found.set(file, join(folder, file))
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
}

export function listed(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

const types = new Set(['simple', 'exec', 'forking', 'oneshot', 'dbus', 'notify', 'notify-reload', 'idle'])

/** What systemd refuses to load, of src/core/service.c, service_verify(). */
function isSound(id: string, settings: readonly Setting[]): boolean {
  if (typeOf(id) !== 'service') return true
  const starts = valuesOf(settings, 'Service', 'ExecStart')
  const isOneshot = serviceType(settings) === 'oneshot'
  const hasCommand = starts.length > 0 || valuesOf(settings, 'Service', 'ExecStop').length > 0
  return (
    hasCommand &&
    (isOneshot || starts.length === 1) &&
    types.has(serviceType(settings)) &&
    starts.every((line) => /^[-@:+!|]*\S/.test(line))
  )
}

/** See systemd.service(5): `oneshot` where nothing but the end is said. */
export function serviceType(settings: readonly Setting[]): string {
  const starts = valuesOf(settings, 'Service', 'ExecStart')
  return lastOf(settings, 'Service', 'Type') ?? (starts.length === 0 ? 'oneshot' : 'simple')
}
