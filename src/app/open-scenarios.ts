import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { suites as allSuites } from '#lab/lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Secret } from '#model/secret.ts'
import type { SourceRange } from '#model/source.ts'
import {
  type ReadScenario,
  readScenario,
  type ScenarioPlace,
  scenarioBefore,
} from '#scenario/read-scenario.ts'
import type { Playbook } from '#scenario/scenario.ts'
import { unknownNames } from '#scenario/unknown-names.ts'
import { scenariosOf } from './find-scenarios.ts'
import { openProject } from './open-project.ts'
import { knownSuites, readLab } from './read-lab.ts'
import type { VariableSources } from './requests.ts'
import { sectionRequest, type TestCase, testCase, testCaseAfter } from './test-case.ts'

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
 * known before the first host is started. Those that others come after are opened with them.
 */
export async function openScenarios(
  places: readonly ScenarioPlace[],
  options: OpenOptions,
): Promise<OpenedScenarios> {
  const opening = new Opening(options)
  for (const place of places) await opening.open(place)
  const opened = opening.all()
  return {
    cases: opened.flatMap(({ cases }) => cases),
    diagnostics: withoutRepeats(opened.flatMap(({ diagnostics }) => diagnostics)),
    sources: new Map(opened.flatMap(({ sources }) => [...sources])),
    secrets: opened.flatMap(({ secrets }) => secrets),
  }
}

/** Opens each scenario once. */
class Opening {
  readonly #options: OpenOptions
  readonly #opened = new Map<string, OpenedScenarios>()
  /** Which scenario comes after the one in a file. */
  readonly #followers = new Map<string, string>()

  constructor(options: OpenOptions) {
    this.#options = options
  }

  all(): readonly OpenedScenarios[] {
    return [...this.#opened.values()]
  }

  /** `chain`: the files of those that wait for this one. */
  async open(place: ScenarioPlace, chain: readonly string[] = []): Promise<OpenedScenarios> {
    const opened = this.#opened.get(place.file) ?? (await this.#openNew(place, [...chain, place.file]))
    this.#opened.set(place.file, opened)
    return opened
  }

  async #openNew(place: ScenarioPlace, chain: readonly string[]): Promise<OpenedScenarios> {
    const { text, root, diagnostics } = await parse(place)
    const sources = new Map([[place.display, text]])
    const failed = (all: readonly Diagnostic[]) => ({ cases: [], diagnostics: all, sources, secrets: [] })
    if (hasError(diagnostics)) return failed(diagnostics)
    const named = scenarioBefore(root)
    if (!named) return openScenario(readScenario(root, place, allSuites), sources, this.#options)
    const before = this.#before(named, place, chain)
    if ('code' in before) return failed([before])
    const { cases } = await this.open(before, chain)
    const read = readScenario(root, place, allSuites, cases[0]?.scenario)
    // What is wrong with the one before it is said there.
    if (hasError(read.diagnostics) || cases.length === 0) return failed(read.diagnostics)
    return compileCases(
      cases.map((test) => testCaseAfter(read.scenario, test)),
      sources,
      this.#options,
    )
  }

  #before(
    { name, range }: { name: string; range: SourceRange },
    place: ScenarioPlace,
    chain: readonly string[],
  ): ScenarioPlace | Diagnostic {
    const wrong = (code: Diagnostic['code'], message: string): Diagnostic => ({
      code,
      severity: 'error',
      message,
      range,
    })
    const beside = scenariosOf(place.role).filter(({ file }) => dirname(file) === dirname(place.file))
    const before = beside.find((one) => one.name === name)
    if (!before) return wrong('file-missing', `There is no scenario "${name}" beside this one.`)
    if (chain.includes(before.file))
      return wrong('include-cycle', 'Scenarios come after each other in a circle.')
    const other = this.#followers.get(before.file)
    if (other !== undefined)
      return wrong(
        'wrong-shape',
        `"${other}" comes after "${name}" already, and leaves its hosts changed; come after "${other}".`,
      )
    this.#followers.set(before.file, place.name)
    return before
  }
}

async function openScenario(
  read: ReadScenario,
  sources: Map<string, string>,
  options: OpenOptions,
): Promise<OpenedScenarios> {
  const lab = await readLab(read.scenario)
  if (lab.source) sources.set(...lab.source)
  const wrong = [...read.diagnostics, ...lab.diagnostics]
  if (!lab.spec || hasError(wrong)) return { cases: [], diagnostics: wrong, sources, secrets: [] }
  const { spec } = lab
  const named = [options.suites, read.scenario.suites].find((list) => list.length > 0)
  const suites = named ? knownSuites(named) : [spec.suite]
  const cases = suites.map((suite) => testCase(read.scenario, spec, suite, options.project))
  return compileCases(cases, sources, options)
}

async function compileCases(
  cases: readonly TestCase[],
  sources: ReadonlyMap<string, string>,
  { variables }: OpenOptions,
): Promise<OpenedScenarios> {
  const [first] = cases
  const hosts = first?.plan.hosts ?? []
  const strangers = unknownNames(first?.scenario.variables ?? {}, {
    hosts: new Set(hosts.map(({ name }) => name)),
    groups: new Set(['all', ...hosts.flatMap(({ groups }) => groups)]),
  })
  if (hasError(strangers)) return { cases: [], diagnostics: strangers, sources, secrets: [] }
  const compiled = await compileSections(cases, variables)
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
