import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DoubleHost } from '../host.ts'
import { bootScripts, startsAtBoot } from './init-script.ts'
import { fileOf, findUnit, listed, type Unit, unitFolders } from './unit.ts'
import { instanceOf, specified, templateOf, typeOf } from './unit-names.ts'
import { lastOf, type Setting, wordsOf } from './unit-settings.ts'

/** Where the administrator's links lie: on the disk, or until the next boot. */
export type LinkScope = 'system' | 'runtime'

const linkFolder: Readonly<Record<LinkScope, string>> = {
  system: '/etc/systemd/system',
  runtime: '/run/systemd/system',
}

/** Units that a unit pulls in by links: those that are enabled for a target, say. Init scripts are for the usual one. */
export function wantedBy(host: DoubleHost, id: string): string[] {
  const { names } = findUnit(host, id)
  const folders = names.flatMap((name) => [`${name}.wants`, `${name}.requires`])
  const links = unitFolders.flatMap((above) =>
    folders.flatMap((folder) => listed(host.path(join(above, folder)))),
  )
  return [
    ...new Set([...links, ...(ownWants[id] ?? []), ...(id === 'multi-user.target' ? initScripts(host) : [])]),
  ]
}

/** As systemd's own unit files have it. */
const ownWants: Readonly<Record<string, readonly string[]>> = {
  'default.target': ['multi-user.target'],
  'graphical.target': ['multi-user.target'],
  'multi-user.target': ['basic.target', 'network.target', 'network-online.target'],
  'basic.target': ['sysinit.target', 'sockets.target', 'timers.target', 'paths.target'],
}

const initScripts = (host: DoubleHost): string[] =>
  bootScripts(host)
    .map((name) => `${name}.service`)
    .filter((name) => fileOf(host, name) === undefined)

/** The word of `UnitFileState`; empty for a unit without a file. */
export function fileState(host: DoubleHost, name: string): string {
  const unit = findUnit(host, name)
  if (unit.load === 'masked') return unit.path.startsWith('/run/') ? 'masked-runtime' : 'masked'
  if (unit.source !== '') return 'generated'
  if (unit.path === '') return unit.load === 'loaded' ? 'static' : ''
  return linkState(host, unit, name)
}

function linkState(host: DoubleHost, unit: Unit, name: string): string {
  if (unit.id !== name && templateOf(name) !== basename(unit.path) && unit.names.includes(name))
    return 'alias'
  const links = (scope: LinkScope) => linksTo(host, unit, scope)
  if (links('system').length > 0) return 'enabled'
  if (links('runtime').length > 0) return 'enabled-runtime'
  const install = unit.settings.filter(({ section }) => section === 'Install')
  if (['WantedBy', 'RequiredBy', 'Alias'].some((key) => wordsOf(install, 'Install', key).length > 0))
    return 'disabled'
  return wordsOf(install, 'Install', 'Also').length > 0 ? 'indirect' : 'static'
}

/** Whether a service with an init script alone is started at boot. */
export const isInitEnabled = (host: DoubleHost, id: string): boolean =>
  startsAtBoot(host, id.replace(/[.]service$/, ''))

/** Links of the administrator that make a unit start with another, or give it another name. */
function linksTo(host: DoubleHost, unit: Unit, scope: LinkScope): string[] {
  const folder = linkFolder[scope]
  const { prefix, instance } = instanceOf(unit.id)
  const isMeant = (name: string) =>
    instance === ''
      ? name.startsWith(`${prefix}@`) && typeOf(name) === typeOf(unit.id)
      : unit.names.includes(name)
  const groups = listed(host.path(folder)).filter((name) => /[.](wants|requires)$/.test(name))
  const wants = groups.flatMap((group) =>
    listed(host.path(join(folder, group)))
      .filter(isMeant)
      .map((name) => join(folder, group, name)),
  )
  const aliases = wordsOf(unit.settings, 'Install', 'Alias')
    .map((name) => join(folder, name))
    .filter((path) => path !== unit.path && isLink(host.path(path)))
  return [...wants, ...aliases]
}

/** Makes the links that `[Install]` asks for, and gives what systemctl says of each new one. */
export function enableUnit(
  host: DoubleHost,
  unit: Unit,
  { scope, hostName }: { readonly scope: LinkScope; readonly hostName: string },
): string[] {
  const install = unit.settings.map((one) => ({ ...one, value: specified(one.value, unit.id, hostName) }))
  const folder = linkFolder[scope]
  const links = [
    ...wordsOf(install, 'Install', 'Alias').map((name) => join(folder, name)),
    ...wordsOf(install, 'Install', 'WantedBy').map((name) =>
      join(folder, `${name}.wants`, linkName(unit, install)),
    ),
    ...wordsOf(install, 'Install', 'RequiredBy').map((name) =>
      join(folder, `${name}.requires`, linkName(unit, install)),
    ),
  ]
  return links.flatMap((link) => makeLink(host, link, unit.path))
}

/** A template is enabled as its default instance. */
function linkName({ id }: Unit, install: readonly Setting[]): string {
  const { prefix, instance } = instanceOf(id)
  return instance === ''
    ? `${prefix}@${lastOf(install, 'Install', 'DefaultInstance') ?? ''}.${typeOf(id)}`
    : id
}

/** Removes a unit's links, and gives what systemctl says of each. */
export function disableUnit(host: DoubleHost, unit: Unit, scope: LinkScope): string[] {
  const links = linksTo(host, unit, scope)
  return links.map((link) => removeLink(host, link))
}

export class LinkInTheWay extends Error {}

/** Throws `LinkInTheWay` for a file that is in the link's place. */
export function maskUnit(host: DoubleHost, name: string, scope: LinkScope): string[] {
  const link = join(linkFolder[scope], name)
  if (lstatSync(host.path(link), { throwIfNoEntry: false }) && !isMask(host, link))
    throw new LinkInTheWay(link)
  return makeLink(host, link, '/dev/null')
}

export function unmaskUnit(host: DoubleHost, name: string, scope: LinkScope): string[] {
  const link = join(linkFolder[scope], name)
  return isMask(host, link) ? [removeLink(host, link)] : []
}

const isMask = (host: DoubleHost, link: string): boolean =>
  isLink(host.path(link)) && readlinkSync(host.path(link)) === '/dev/null'

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false

function makeLink(host: DoubleHost, link: string, target: string): string[] {
  const path = host.path(link)
  if (isLink(path) && readlinkSync(path) === target) return []
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  symlinkSync(target, path)
  return [`Created symlink ${link} → ${target}.`]
}

function removeLink(host: DoubleHost, link: string): string {
  rmSync(host.path(link))
  return `Removed "${link}".`
}
