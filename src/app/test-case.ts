import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type LabPlan, planLab } from '#lab/lab-plan.ts'
import type { LabSpec, Suite } from '#lab/lab-spec.ts'
import type { FilePart } from '#load/source-reader.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Node } from '#model/node.ts'
import type { TestName } from '#model/test-result.ts'
import type { Playbook, Scenario, Section } from '#scenario/scenario.ts'
import { variableSource } from '#scenario/scenario-parts.ts'
import type { OpenRequest } from './open-project.ts'
import type { VariableSources } from './requests.ts'

/** One scenario on one Debian release, with the lab it gets. */
export interface TestCase {
  readonly name: TestName
  readonly scenario: Scenario
  readonly plan: LabPlan
  /** The test whose hosts it takes over. */
  readonly after?: TestCase
}

/** Plans the lab of a scenario. The lab's name is the same in every run, so that remains are found again. */
export function testCase(scenario: Scenario, spec: LabSpec, suite: Suite, project: string): TestCase {
  const name = { role: scenario.role, scenario: scenario.name, suite }
  return { name, scenario, plan: planLab(project, { ...spec, suite, name: labName(name) }) }
}

/** The same on the hosts of a test that comes before it. */
export const testCaseAfter = (scenario: Scenario, after: TestCase): TestCase => ({
  name: { ...after.name, scenario: scenario.name },
  scenario,
  plan: after.plan,
  after,
})

/** Tests that share their hosts, in their order; each but the first comes after the one before it. */
export type TestChain = readonly [TestCase, ...TestCase[]]

export const chainsOf = (cases: readonly TestCase[]): readonly TestChain[] =>
  cases.filter(({ after }) => !after).map((first) => [first, ...followers(first, cases)])

function followers(test: TestCase, cases: readonly TestCase[]): readonly TestCase[] {
  const next = cases.find(({ after }) => after === test)
  return next ? [next, ...followers(next, cases)] : []
}

const longestLabName = 40

export function labName({ role, scenario, suite }: TestName): string {
  const plain = `test-${role}-${scenario}-${suite}`.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  if (plain.length <= longestLabName) return plain
  const digest = createHash('sha256').update(plain).digest('hex').slice(0, 8)
  return `${plain.slice(0, longestLabName - 9)}-${digest}`
}

/** How a section of a test is opened as a project; undefined when the scenario does not have it. */
export function sectionRequest(
  { scenario, plan }: TestCase,
  section: Section,
  options: { readonly variables: VariableSources; readonly lab: 'running' | 'planned' },
): OpenRequest | undefined {
  const playbook = scenario[section]
  if (!playbook) return undefined
  const name = (part: string): string => `${scenario.file}#${part}`
  const parts = new Map<string, FilePart>()
  const add = (part: string, root: Node): string => {
    parts.set(name(part), { within: scenario.file, root })
    return name(part)
  }
  const running = join(plan.folder, 'inventory.yml')
  const hosts = options.lab === 'running' ? running : add('lab', plannedInventory(plan))
  const variables = add('variables', variableSource(scenario.variables, startOf(scenario.file)))
  return {
    playbooks: [playbookPath(playbook, (root) => add(section, root))],
    hosts: { inventories: [hosts, variables], unknownHosts: 'error' },
    variables: options.variables,
    parts,
  }
}

function playbookPath(playbook: Playbook, add: (root: Node) => string): string {
  return playbook.kind === 'file' ? playbook.path : add(playbook.root)
}

/** The hosts as they will be, for finding mistakes before there are any. */
function plannedInventory({ hosts }: LabPlan): Node {
  const groups = [...new Set(hosts.flatMap((host) => host.groups))]
  const all = {
    vars: { ssh_user: 'admin', lab_operator_password: '' },
    hosts: Object.fromEntries(
      hosts.map(({ name, address }) => [name, { ssh_host: address, lab_address: address }]),
    ),
    children: Object.fromEntries(
      groups.map((group) => {
        const members = hosts.filter((host) => host.groups.includes(group))
        return [group, { hosts: Object.fromEntries(members.map(({ name }) => [name, null])) }]
      }),
    ),
  }
  const { root } = parseYaml(JSON.stringify({ all }), 'lab')
  if (!root) throw new Error('The planned inventory is not YAML.')
  return root
}

const start = { line: 1, column: 1, offset: 0 }
const startOf = (file: string) => ({ file, start, end: start })
