import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { yamlCodec } from '#load/yaml-codec.ts'
import { UsageError } from '#model/usage-error.ts'
import type { ArgumentRow } from '#report/argument-rows.ts'
import type { RolePage } from '#report/role-page.ts'
import { jsonText } from '#report/value-text.ts'
import { type ArgumentSpec, type OptionSpec, readArgumentSpec } from '#sdk/argument-spec.ts'
import { scenariosOf } from './find-scenarios.ts'

/** What there is to say of a role of the project in the working folder. Throws UsageError for YAML that is none. */
export async function readRolePage(name: string): Promise<RolePage> {
  const folder = resolve('roles', name)
  const [specs, defaults, scenarios] = await Promise.all([
    readMapping(folder, 'meta/argument_specs'),
    readMapping(folder, 'defaults/main'),
    Promise.all(scenariosOf(name).map(async (place) => ({ name: place.name, ...(await about(place.file)) }))),
  ])
  const spec = readArgumentSpec(mapping(specs['argument_specs'])['main'])
  return {
    name,
    summary: spec.summary ?? '',
    description: spec.description ?? '',
    args: rowsOf(spec, defaults),
    scenarios,
  }
}

async function about(file: string): Promise<{ readonly description: string }> {
  const { description } = mapping(existsSync(file) ? await readYaml(file) : undefined)
  return { description: typeof description === 'string' ? description : '' }
}

async function readMapping(folder: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  const file = ['.yml', '.yaml'].map((ending) => join(folder, name + ending)).find((path) => existsSync(path))
  return mapping(file === undefined ? undefined : await readYaml(file))
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return yamlCodec.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UsageError(`${file} is not YAML. ${error.message}`)
  }
}

const mapping = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

/** Required ones first. `defaults/main.yml` wins over the specification, as in a run. */
function rowsOf({ options }: ArgumentSpec, defaults: Readonly<Record<string, unknown>>): ArgumentRow[] {
  const rows = [...options].map(([name, option]) => ({ option, row: rowOf(name, option, defaults[name]) }))
  const byNeed = Object.groupBy(rows, ({ option }) => (option.required ? 'required' : 'other'))
  return [...(byNeed.required ?? []), ...(byNeed.other ?? [])].map(({ row }) => row)
}

function rowOf(name: string, option: OptionSpec, ownDefault: unknown): ArgumentRow {
  const { required, choices = [], description = '', nested } = option
  const initial = ownDefault ?? option.default
  const notes = [
    ...(required ? ['required'] : []),
    ...(initial === undefined ? [] : [`default ${jsonText(initial)}`]),
    ...(choices.length === 0 ? [] : [`one of ${choices.map((choice) => jsonText(choice)).join(', ')}`]),
  ]
  return { name, type: typeText(option), notes, description, inner: nested ? rowsOf(nested, {}) : [] }
}

const words: Readonly<Partial<Record<OptionSpec['type'], string>>> = {
  str: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  dict: 'mapping',
  raw: 'any value',
}

function typeText({ type, elements }: OptionSpec): string {
  if (type === 'list') return elements ? `list of ${words[elements] ?? elements}` : 'list'
  return words[type] ?? type
}
