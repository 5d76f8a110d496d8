import { extname, join, resolve } from 'node:path'
import { UsageError } from '#model/usage-error.ts'
import { readIniInventory } from './ini-inventory.ts'
import type { InventoryBuilder } from './inventory-builder.ts'
import { addHosts } from './inventory-hosts.ts'
import { readScriptInventory } from './script-inventory.ts'
import { type SourceReader, startOf } from './source-reader.ts'
import { readYamlInventory } from './yaml-inventory.ts'

/**
 * Reads one source of an inventory, whatever its kind, and gives the folder whose `group_vars` and `host_vars`
 * belong to it; undefined for a list of hosts. Throws UsageError when there is nothing of that name.
 */
export async function readInventorySource(
  builder: InventoryBuilder,
  reader: SourceReader,
  source: string,
): Promise<string | undefined> {
  const absolutePath = resolve(reader.cwd, source)
  const kind = reader.kind(absolutePath)
  if (kind === undefined) {
    if (!source.includes(',')) throw noSuchInventory(source)
    readHostList(builder, source)
    return undefined
  }
  if (kind === 'directory') {
    await readFolder(builder, reader, absolutePath)
    return absolutePath
  }
  await readFile(builder, reader, absolutePath)
  return resolve(absolutePath, '..')
}

function noSuchInventory(source: string): UsageError {
  return new UsageError(`There is no inventory "${source}".`, {
    remedy: `Check the path; a list of hosts needs a comma: "${source},".`,
  })
}

function readHostList(builder: InventoryBuilder, source: string): void {
  const hosts = source.split(',').map((text) => text.trim())
  if (hosts.every((text) => text === '')) {
    throw new UsageError('The list of hosts given as inventory is empty.', {
      remedy: 'Write "-i web01,web02".',
    })
  }
  const group = builder.group('ungrouped', undefined)
  const origin = `-i ${source}`
  for (const text of hosts) {
    if (text !== '') addHosts(builder, group, { text, range: startOf(origin), origin, entries: [] })
  }
}

/** Names in a folder of sources that are none: Ansible's list. */
const ignored =
  /^\.|^(?:group_vars|host_vars|vars_plugins)$|(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry))$/

async function readFolder(builder: InventoryBuilder, reader: SourceReader, folder: string): Promise<void> {
  // One after the other: later sources win, so their order is part of the meaning.
  for (const { name } of reader.list(folder)) {
    if (ignored.test(name)) continue
    const path = join(folder, name)
    if (reader.kind(path) === 'directory') await readFolder(builder, reader, path)
    else await readFile(builder, reader, path)
  }
}

async function readFile(
  builder: InventoryBuilder,
  reader: SourceReader,
  absolutePath: string,
): Promise<void> {
  if (reader.isPart(absolutePath)) return readYaml(builder, reader, absolutePath)
  const { text, path } = await reader.text(absolutePath)
  if (text === undefined) return
  if (isProgram(text) && reader.isExecutable(absolutePath)) {
    if (reader.runsPrograms) await readScriptInventory(builder, reader, { absolutePath })
    return
  }
  const form = formOf(text, extname(absolutePath))
  if (form === 'ini') return readIniInventory(builder, path, text)
  if (form === 'yaml') return readYaml(builder, reader, absolutePath)
  builder.report({ code: 'bad-inventory', severity: 'error', range: startOf(path), ...form })
}

async function readYaml(
  builder: InventoryBuilder,
  reader: SourceReader,
  absolutePath: string,
): Promise<void> {
  const { path, root } = await reader.yaml(absolutePath)
  if (root) readYamlInventory(builder, path, root)
}

function isProgram(text: string): boolean {
  return text.startsWith('#!')
}

type Form = 'yaml' | 'ini' | { readonly message: string; readonly remedy: string }

function formOf(text: string, ending: string): Form {
  if (/^\.(?:ya?ml|json)$/.test(ending)) return 'yaml'
  if (ending === '.toml') {
    return { message: 'Inventories in TOML are not read.', remedy: 'Write it as YAML or INI.' }
  }
  if (isProgram(text)) {
    return { message: 'This is a program, but it may not be executed.', remedy: 'Run "chmod +x" on it.' }
  }
  return looksLikeYaml(text) ? 'yaml' : 'ini'
}

/** Without an ending that tells, the first line that says something does: `all:`, `---` or `{` is YAML. */
function looksLikeYaml(text: string): boolean {
  const line = text.split(/\r?\n/).find((each) => !/^\s*(?:[;#]|$)/.test(each)) ?? ''
  return /^(?:---|%YAML|\{|["']?[^\s[=:"']+["']?\s*:(?:\s|$))/.test(line)
}
