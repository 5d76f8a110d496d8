import { type CompileResult, compile } from '#compile/compile.ts'
import type { CompileInput, CompileRequest } from '#compile/compile-request.ts'
import { compileValue } from '#lang/compile-value.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Program } from '#model/program.ts'
import type { ControllerReads, Lookup, Vars, VarsLayer } from '#model/value.ts'
import { testCatalogue } from './catalogue.ts'
import { projectOf } from './project.ts'

export interface Around extends Partial<Omit<CompileRequest, 'extraVars'>> {
  readonly inventory?: Inventory
  readonly extraVars?: string
}

/** What the compiler is given for a project of texts; `site.yml` is its playbook. */
export function inputOf(files: Readonly<Record<string, string>>, around: Around = {}): CompileInput {
  const { inventory = testInventory(), extraVars = '', ...request } = around
  return {
    project: projectOf(files),
    inventory,
    catalogue: testCatalogue,
    request: {
      tags: [],
      skipTags: [],
      startAt: [],
      grow: (project) => Promise.resolve({ project, catalogue: testCatalogue }),
      ...request,
      extraVars: { level: 22, origin: '-e', vars: varsOf(extraVars) },
    },
  }
}

/** Compiles a project of texts. */
export function compileFiles(files: Readonly<Record<string, string>>, around?: Around): CompileResult {
  return compile(inputOf(files, around))
}

/** As `compileFiles`, for a project without mistakes. */
export function programOf(files: Readonly<Record<string, string>> | string, around?: Around): Program {
  const { program, diagnostics } = compileFiles(
    typeof files === 'string' ? { 'site.yml': files } : files,
    around,
  )
  if (!program) throw new Error(diagnostics.map(shown).join('\n'))
  return program
}

/** `site.yml:3:5 unknown-module There is no module "x".` and the remedy below. */
export function shown({ code, severity, message, remedy, range }: Diagnostic): string {
  const place = range ? `${range.file}:${range.start.line}:${range.start.column}` : '-'
  const kind = severity === 'warning' ? `${code} (warning)` : code
  return `${place} ${kind} ${message}${remedy === undefined ? '' : `\n  ${remedy}`}`
}

/** Variables from YAML text. */
export function varsOf(text: string): Vars {
  const { root } = parseYaml(text, 'vars.yml')
  const entries = root?.kind === 'map' ? root.entries : []
  return new Map(entries.map(({ key, value }) => [key, compileValue(value).value]))
}

/** Hosts web1 and web2 in group web, db1 in group db; `vars` of a group as YAML. */
export function testInventory(vars: Readonly<Record<string, string>> = {}): Inventory {
  const layers = (name: string): readonly VarsLayer[] =>
    vars[name] === undefined ? [] : [{ level: 6, origin: `group_vars/${name}.yml`, vars: varsOf(vars[name]) }]
  const group = (name: string, hosts: readonly string[], children: readonly string[] = []) =>
    [
      name,
      { name, hosts, children, depth: name === 'all' ? 0 : 1, priority: 1, layers: layers(name) },
    ] as const
  const host = (name: string, ...groups: readonly string[]) => [name, { name, groups, layers: [] }] as const
  return {
    hosts: new Map([host('web1', 'web'), host('web2', 'web'), host('db1', 'db'), host('localhost')]),
    groups: new Map([
      group('all', [], ['web', 'db', 'ungrouped']),
      group('ungrouped', []),
      group('web', ['web1', 'web2']),
      group('db', ['db1']),
    ]),
    sources: ['inventory'],
  }
}

const noReads: ControllerReads = {
  env: () => undefined,
  readFile: () => '',
  exists: (path) => path.endsWith('.there'),
  glob: (pattern) => [pattern.replace('*', 'a'), pattern.replace('*', 'b')],
  pipe: () => 'one\ntwo\n',
  now: () => new Date(0),
}

/** The given names and nothing else. */
export function lookupOf(known: Readonly<Record<string, unknown>> = {}): Lookup {
  return {
    has: (name) => Object.hasOwn(known, name),
    get: (name) => known[name],
    names: () => Object.keys(known),
    controller: noReads,
  }
}
