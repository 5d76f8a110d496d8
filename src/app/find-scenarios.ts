import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join, relative, resolve } from 'node:path'
import { nearest } from '#base/did-you-mean.ts'
import { UsageError } from '#model/usage-error.ts'
import type { ScenarioPlace } from '#scenario/read-scenario.ts'

/** Where a project keeps its roles, and a role its scenarios. */
const rolesFolder = 'roles'
const testFolder = 'test'

export interface WantedScenarios {
  /** Names or paths; empty for all roles that have scenarios. */
  readonly roles: readonly string[]
  /** Names; empty for all. */
  readonly scenarios: readonly string[]
}

/**
 * The scenarios of roles of the project in the working folder, by role and name: `roles/<role>/test/<name>.yml`, or
 * a folder `roles/<role>/test/<name>/`. Throws UsageError for roles and scenarios that do not exist.
 */
export function findScenarios({ roles, scenarios }: WantedScenarios): readonly ScenarioPlace[] {
  const there = rolesHere()
  const names = roles.length > 0 ? roles.map((written) => knownRole(written, there)) : there
  const found = [...new Set(names)].map((role) => ({ role, places: scenariosOf(role) }))
  const bare = found.filter(({ places }) => places.length === 0).map(({ role }) => role)
  if (roles.length > 0 && bare.length > 0) throw withoutScenario(bare)
  const places = found.flatMap((each) => each.places)
  if (places.length === 0) throw withoutScenario(there)
  for (const name of scenarios) refuseUnknown(name, places)
  return places.filter(({ name }) => scenarios.length === 0 || scenarios.includes(name))
}

/** Roles of the project, sorted by name. */
export const rolesHere = (): readonly string[] => foldersIn(resolve(rolesFolder))

/** The role that a name or path means. Throws UsageError when there is none. */
export function knownRole(written: string, there: readonly string[]): string {
  const name = written.replace(/^(?:\.\/)?roles\//, '').replace(/\/+$/, '')
  if (there.includes(name)) return name
  const near = nearest(name, there)
  const all = there.length > 0 ? `There are ${there.join(', ')}.` : 'There is no folder "roles" here.'
  throw new UsageError(`There is no role "${written}".`, { remedy: near ? `Did you mean "${near}"?` : all })
}

function withoutScenario(roles: readonly string[]): UsageError {
  const [first] = roles
  if (first === undefined)
    return new UsageError('There are no roles here.', { remedy: 'Run this where "roles" is.' })
  const who = roles.length === 1 ? `The role "${first}" has` : `The roles ${roles.join(', ')} have`
  return new UsageError(`${who} no test scenario.`, {
    remedy: `Write ${join(rolesFolder, first, testFolder, 'default.yml')}; docs/test-a-role.md shows how.`,
  })
}

function refuseUnknown(name: string, places: readonly ScenarioPlace[]): void {
  const names = [...new Set(places.map((place) => place.name))]
  if (names.includes(name)) return
  const near = nearest(name, names)
  const remedy = near ? `Did you mean "${near}"?` : `There are ${names.join(', ')}.`
  throw new UsageError(`There is no scenario "${name}".`, { remedy })
}

const endings = ['.yml', '.yaml']
const playbooks = ['prepare', 'converge', 'verify'].flatMap((name) => endings.map((ending) => name + ending))

/** The scenarios of one role, by name. */
export function scenariosOf(role: string): ScenarioPlace[] {
  const folder = resolve(rolesFolder, role, testFolder)
  if (!existsSync(folder)) return []
  const single = filesIn(folder)
    .filter((file) => endings.includes(extname(file)))
    .map((file) => place(role, basename(file, extname(file)), { file: join(folder, file) }))
  const grouped = foldersIn(folder).flatMap((name) => folderScenario(role, name, join(folder, name)))
  return [...single, ...grouped].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A folder is a scenario when it holds `scenario.yml` or one of the playbooks; `group_vars` is none. */
function folderScenario(role: string, name: string, folder: string): ScenarioPlace[] {
  const files = filesIn(folder)
  const own = files.find((file) => file === 'scenario.yml' || file === 'scenario.yaml')
  const beside = playbooks.filter((file) => files.includes(file))
  if (own === undefined && beside.length === 0) return []
  return [place(role, name, { file: join(folder, own ?? 'scenario.yml'), beside })]
}

function place(
  role: string,
  name: string,
  { file, beside = [] }: { readonly file: string; readonly beside?: readonly string[] },
): ScenarioPlace {
  return { role, name, file, display: relative(process.cwd(), file), beside: new Set(beside) }
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile())

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
  return names.filter((name) => statSync(join(folder, name)).isDirectory()).sort()
}
