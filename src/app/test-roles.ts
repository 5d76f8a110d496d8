import { realpath } from 'node:fs/promises'
import { Redactor } from '#base/redactor.ts'
import type { Terminal } from '#base/terminal.ts'
import type { StepResult, TestResult } from '#model/test-result.ts'
import { diagnosticsText } from '#report/diagnostics.ts'
import { createStyle } from '#report/style.ts'
import { testReport } from '#report/test-report.ts'
import { atMost } from './at-most.ts'
import { explainedUsage } from './explained-usage.ts'
import { findScenarios, rolesHere } from './find-scenarios.ts'
import { hasError, type OpenedScenarios, openScenarios } from './open-scenarios.ts'
import { knownSuites } from './read-lab.ts'
import type { Outcome, TestRequest } from './requests.ts'
import { runTestChain } from './run-test-case.ts'
import { chainsOf, type TestCase } from './test-case.ts'
import { testJobs } from './test-jobs.ts'

/** `tsplay test`: roles on throwaway hosts, each of their scenarios from nothing to nothing. */
export function testRoles(request: TestRequest, terminal: Terminal, signal: AbortSignal): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const places = findScenarios(request)
    if (request.roles.length === 0) sayUntested(places, terminal)
    const project = await realpath(process.cwd())
    const suites = knownSuites(request.suites)
    const { variables } = request
    const opened = await openScenarios(places, { project, suites, variables })
    showMistakes(opened, terminal)
    if (hasError(opened.diagnostics)) return { exitReason: 'project' }
    if (request.list) return list(opened.cases, terminal)
    return outcomeOf(await testAll(opened.cases, request, { terminal, signal }), signal)
  })
}

interface Around {
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

async function testAll(
  cases: readonly TestCase[],
  request: TestRequest,
  { terminal, signal }: Around,
): Promise<readonly TestResult[]> {
  const report = testReport(request.output, terminal)
  const chains = chainsOf(cases)
  const jobs = request.jobs ?? (await testJobs(chains.map(([{ plan }]) => plan.hosts.length)))
  // The hosts of one more are made ahead, or removed, while others run: both wait more than they compute.
  const [running, starting, trying] = [atMost(jobs > 1 ? jobs + 1 : 1), atMost(1), atMost(jobs)]
  report.begin(cases.map(({ name }) => name))
  const waiting = chains.map((chain) =>
    running(async () => {
      const options = {
        variables: request.variables,
        terminal,
        signal,
        keep: request.keep,
        starting,
        trying,
        onStep: ({ name }: TestCase, step: StepResult) => report.step(name, step),
        onProgress: ({ name }: TestCase, text: string) => report.progress(name, text),
      }
      const results = await runTestChain(chain, options)
      for (const result of results) report.result(result)
      return results
    }),
  )
  // All of them, so that a bug met in one leaves no other's hosts behind.
  const settled = await Promise.allSettled(waiting)
  const results = settled.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  await report.end(results)
  const broken = settled.find((each) => each.status === 'rejected')
  if (broken) throw broken.reason
  return results
}

function outcomeOf(results: readonly TestResult[], signal: AbortSignal): Outcome {
  if (signal.aborted) return { exitReason: 'interrupted' }
  return { exitReason: results.every(({ verdict }) => verdict === 'passed') ? 'done' : 'failed' }
}

function showMistakes({ diagnostics, sources, secrets }: OpenedScenarios, terminal: Terminal): void {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(secret.reveal())
  const text = diagnosticsText(diagnostics, {
    sourceText: (file) => sources.get(file),
    style: createStyle(terminal.errorColor),
    columns: terminal.columns,
  })
  terminal.stderr.write(redactor.redact(text))
}

/** A role that nobody tests should be known, and stops nobody. */
function sayUntested(places: readonly { readonly role: string }[], terminal: Terminal): void {
  const tested = new Set(places.map(({ role }) => role))
  const untested = rolesHere().filter((role) => !tested.has(role))
  if (untested.length > 0) terminal.notice(`Without a scenario: ${untested.join(', ')}.`)
}

function list(cases: readonly TestCase[], terminal: Terminal): Outcome {
  for (const { name, scenario, plan } of cases) {
    const hosts = plan.hosts.map((host) => host.name).join(' ')
    const about = scenario.description === undefined ? '' : `  ${scenario.description}`
    terminal.stdout.write(`${name.role}/${name.scenario}  ${name.suite}  ${hosts}${about}\n`)
  }
  return { exitReason: 'done' }
}
