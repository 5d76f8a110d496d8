import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { suites as allSuites } from '#lab/lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Secret } from '#model/secret.ts'
import { readScenario, type ScenarioPlace } from '#scenario/read-scenario.ts'
import type { Playbook } from '#scenario/scenario.ts'
import { unknownNames } from '#scenario/unknown-names.ts'
import { openProject } from './open-project.ts'
import { knownSuites, readLab } from './read-lab.ts'
import type { VariableSources } from './requests.ts'
import { sectionRequest, type TestCase, testCase } from './test-case.ts'

export interface OpenOptions {
  /** The project's folder, absolute. */
  readonly project: string
  /** In place of what the scenarios say. */
  readonly suites: readonly string[]
  readonly variables: VariableSources
}

export interface OpenedScenarios {
  readonly cases: readonly TestCase[]
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
  readonly secrets: readonly Secret[]
}

/**
 * Reads scenarios and compiles their playbooks for the labs they will get: whatever can be known to be wrong is
 * known before the first host is started.
 */
export async function openScenarios(
  places: readonly ScenarioPlace[],
  options: OpenOptions,
): Promise<OpenedScenarios> {
  const opened: OpenedScenarios[] = []
  for (const place of places) opened.push(await openScenario(place, options))
  return {
    cases: opened.flatMap(({ cases }) => cases),
    diagnostics: withoutRepeats(opened.flatMap(({ diagnostics }) => diagnostics)),
    sources: new Map(opened.flatMap(({ sources }) => [...sources])),
    secrets: opened.flatMap(({ secrets }) => secrets),
  }
}

async function openScenario(place: ScenarioPlace, options: OpenOptions): Promise<OpenedScenarios> {
  const { text, root, diagnostics } = await parse(place)
  const sources = new Map([[place.display, text]])
  const failed = (all: readonly Diagnostic[]) => ({ cases: [], diagnostics: all, sources, secrets: [] })
  if (hasError(diagnostics)) return failed(diagnostics)
  const read = readScenario(root, place, allSuites)
  const lab = await readLab(read.scenario)
  if (lab.source) sources.set(...lab.source)
  const wrong = [...read.diagnostics, ...lab.diagnostics]
  if (!lab.spec || hasError(wrong)) return failed(wrong)
  const { spec } = lab
  const named = [options.suites, read.scenario.suites].find((list) => list.length > 0)
  const suites = named ? knownSuites(named) : [spec.suite]
  const cases = suites.map((suite) => testCase(read.scenario, spec, suite, options.project))
  const strangers = unknownNames(read.scenario.variables, {
    hosts: new Set(spec.hosts.map(({ name }) => name)),
    groups: new Set(['all', ...spec.hosts.flatMap(({ groups }) => groups)]),
  })
  if (hasError(strangers)) return failed(strangers)
  const compiled = await compileSections(cases, options.variables)
  return { ...compiled, cases, sources: new Map([...sources, ...compiled.sources]) }
}

/** The suites of one scenario have the same hosts and playbooks, so that one of them stands for all. */
async function compileSections(
  [first]: readonly TestCase[],
  variables: VariableSources,
): Promise<Omit<OpenedScenarios, 'cases'>> {
  const diagnostics: Diagnostic[] = []
  const sources = new Map<string, string>()
  const secrets: Secret[] = []
  for (const section of ['prepare', 'converge', 'verify'] as const) {
    const request = first && sectionRequest(first, section, { variables, lab: 'planned' })
    if (!request) continue
    const missing = missingPlaybook(first.scenario[section])
    if (missing) {
      diagnostics.push(missing)
      continue
    }
    const project = await openProject(request)
    diagnostics.push(...project.diagnostics)
    secrets.push(...project.secrets)
    for (const [file, text] of project.project.sources) sources.set(file, text)
  }
  return { diagnostics, sources, secrets }
}

function missingPlaybook(playbook: Playbook | undefined): Diagnostic | undefined {
  if (playbook?.kind !== 'file' || existsSync(playbook.path)) return undefined
  const message = `There is no playbook "${relative(process.cwd(), playbook.path)}".`
  return { code: 'file-missing', severity: 'error', message, range: playbook.range }
}

/** A folder's playbooks are a scenario without a file that says more. */
async function parse({ file, display }: ScenarioPlace) {
  if (!existsSync(file)) return { text: '', root: undefined, diagnostics: [] }
  const text = await readFile(file, 'utf8')
  return { text, ...parseYaml(text, display) }
}

export const hasError = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error')

/** A mistake in a role is found by each playbook that has the role. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ code, message, range }) => {
    const key = `${code} ${message} ${range?.file}:${range?.start.offset}`
    return !seen.has(key) && seen.add(key)
  })
}
