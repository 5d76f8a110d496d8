import { join, relative } from 'node:path'
import type { Terminal } from '#base/terminal.ts'
import { bringUp } from '#lab/bring-up.ts'
import { doubleFiles } from '#lab/double-files.ts'
import { withLabLock } from '#lab/lab-lock.ts'
import type { LabPlan } from '#lab/lab-plan.ts'
import { takeDown } from '#lab/take-down.ts'
import { HostError } from '#model/host-error.ts'
import type { StepResult, TestProblem, TestResult, TestStep } from '#model/test-result.ts'
import { testSteps } from '#model/test-result.ts'
import { changedTasks } from '#scenario/run-problems.ts'
import type { Section } from '#scenario/scenario.ts'
import type { VariableSources } from './requests.ts'
import { isDone, type RecordedRun, runRecorded } from './run-recorded.ts'
import { sectionRequest, type TestCase, type TestChain } from './test-case.ts'
import { comparePlan, runProblems, secondChanges, settleProblems } from './test-problems.ts'

export interface CaseOptions {
  readonly variables: VariableSources
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly keep: boolean
  /** Labs are started one after the other: the first makes the images that the others use. */
  readonly starting: <T>(work: () => Promise<T>) => Promise<T>
  /** What computes: the runs. Hosts are made before their turn and removed after it. */
  readonly trying: <T>(work: () => Promise<T>) => Promise<T>
  readonly onStep: (test: TestCase, result: StepResult) => void
  readonly onProgress: (test: TestCase, text: string) => void
}

/**
 * Takes tests through all steps on the hosts of the first, one after the other. Never rejects for what a host or a lab does;
 * the lab is gone afterwards, also after an interruption, unless it is to be kept.
 */
export async function runTestChain(
  [first, ...others]: TestChain,
  options: CaseOptions,
): Promise<readonly TestResult[]> {
  const running = new RunningCase(first, options)
  const after = others.map((test) => new RunningCase(test, options))
  await withLabLock(lockOf(first.plan), () => running.run(after)).catch((error: unknown) => {
    if (!(error instanceof HostError)) throw error
    running.record('create', { problems: [hostProblem(error)], since: performance.now() })
  })
  return [running, ...after].map((one) => one.result())
}

/** Two tests of one scenario would take each other's hosts down. */
const lockOf = ({ project, spec }: LabPlan): string => join(project, '.tsplay', 'test', spec.name)

interface Finding {
  readonly since: number
  readonly problems: readonly TestProblem[]
  readonly remarks?: readonly string[]
  readonly note?: string
}

class RunningCase {
  readonly #test: TestCase
  readonly #options: CaseOptions
  readonly #steps = new Map<TestStep, StepResult>()
  #isUp = false
  #isConverged = false
  #lastedMs = 0

  constructor(test: TestCase, options: CaseOptions) {
    this.#test = test
    this.#options = options
  }

  /** Makes the hosts, and removes them when the others that use them have ended too. */
  async run(others: readonly RunningCase[]): Promise<void> {
    try {
      const isUp = await this.#timed(() => this.#create())
      if (isUp) await this.#options.trying(() => this.#inTurn(others))
    } finally {
      await this.#timed(() => this.#destroy())
    }
  }

  async #inTurn(others: readonly RunningCase[]): Promise<void> {
    await this.#timed(() => this.#trial())
    for (const [i, next] of others.entries()) await next.#follow(others[i - 1] ?? this)
  }

  async #follow(before: RunningCase): Promise<void> {
    if (this.#options.signal.aborted) return
    if (before.#isConverged) return this.#timed(() => this.#trial())
    const title = `It begins where "${before.#test.name.scenario}" ends, which did not get there.`
    this.record('prepare', { since: performance.now(), problems: [{ title, details: [] }] })
  }

  /** What it waited for others does not count. */
  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const since = performance.now()
    try {
      return await work()
    } finally {
      this.#lastedMs += performance.now() - since
    }
  }

  async #trial(): Promise<void> {
    const prepared = await this.#section('prepare', 'prepare')
    if (prepared && !isDone(prepared)) return
    const plan = await this.#section('plan', 'converge', 'check')
    const run = await this.#section('converge', 'converge')
    if (plan && run && isDone(plan)) this.#compare(plan, run)
    if (!run || !isDone(run)) return
    this.#isConverged = true
    await this.#section('again', 'converge')
    await this.#section('verify', 'verify')
  }

  async #create(): Promise<boolean> {
    const { plan } = this.#test
    const { signal, starting, onProgress } = this.#options
    if (signal.aborted) return false
    return starting(async () => {
      const since = performance.now()
      try {
        signal.throwIfAborted()
        // What an earlier test kept, or a killed one left: a test begins with fresh hosts.
        await takeDown(plan)
        this.#isUp = true
        await bringUp(plan, {
          signal,
          report: ({ step }) => onProgress(this.#test, step),
          filesFor: (host, image) => doubleFiles(host, { image, real: plan.spec.real }),
        })
        this.record('create', { since, problems: [], note: plan.hosts.map(({ name }) => name).join(', ') })
        return true
      } catch (error) {
        if (signal.aborted) return false
        if (!(error instanceof HostError)) throw error
        this.record('create', { since, problems: [hostProblem(error)] })
        return false
      }
    })
  }

  async #section(
    step: TestStep,
    section: Section,
    mode: 'apply' | 'check' = 'apply',
  ): Promise<RecordedRun | undefined> {
    const { variables, terminal, signal } = this.#options
    const open = sectionRequest(this.#test, section, { variables, lab: 'running' })
    if (!open || signal.aborted) return undefined
    const since = performance.now()
    const run = await runRecorded({ open, mode, terminal, signal, forks: 50 })
    if (signal.aborted) return undefined
    const problems = [
      ...runProblems(run),
      ...(section === 'converge' ? settleProblems(run) : []),
      ...(step === 'again' ? secondChanges(run) : []),
    ]
    this.record(step, { since, problems, ...noteOf(step, run) })
    return run
  }

  #compare(plan: RecordedRun, run: RecordedRun): void {
    const { compared, ...found } = comparePlan(plan, run)
    this.record('agreement', { since: performance.now(), ...found, note: `${compared} compared` })
  }

  /** Takes the lab down whatever happened; a lab that stays is said. */
  async #destroy(): Promise<void> {
    if (!this.#isUp || this.#options.keep) return
    const since = performance.now()
    const problems = await takeDown(this.#test.plan).then(
      () => [],
      (error: unknown) => {
        if (!(error instanceof HostError)) throw error
        return [hostProblem(error)]
      },
    )
    this.record('destroy', { since, problems })
  }

  record(step: TestStep, { since, problems, remarks = [], note }: Finding): void {
    const verdict = problems.length > 0 ? 'failed' : 'passed'
    const durationMs = performance.now() - since
    const result: StepResult = { step, verdict, durationMs, problems, remarks, ...(note && { note }) }
    this.#steps.set(step, result)
    this.#options.onStep(this.#test, result)
  }

  /** A test that did not come to its run has failed, for whatever reason. */
  result(): TestResult {
    const { name, plan } = this.#test
    const durationMs = this.#lastedMs
    const steps = testSteps.map((step) => this.#steps.get(step) ?? skipped(step))
    const failed = !this.#steps.has('converge') || steps.some(({ verdict }) => verdict === 'failed')
    const verdict = this.#options.signal.aborted ? 'interrupted' : failed ? 'failed' : 'passed'
    const inventory = relative(plan.project, `${plan.folder}/inventory.yml`)
    const kept = this.#steps.get('create')?.verdict === 'passed' && !this.#steps.has('destroy')
    return { ...name, verdict, steps, durationMs, ...(kept && { kept: { lab: plan.spec.name, inventory } }) }
  }
}

const skipped = (step: TestStep): StepResult => ({
  step,
  verdict: 'skipped',
  durationMs: 0,
  problems: [],
  remarks: [],
})

function noteOf(step: TestStep, { events }: RecordedRun): { note?: string } {
  if (step === 'converge' || step === 'prepare') return { note: `${changedTasks(events).length} changed` }
  return {}
}

function hostProblem({ message, details }: HostError): TestProblem {
  const output = (details.stderr ?? '').split('\n').filter((line) => line !== '')
  return { title: message, details: [...output.slice(-20), ...(details.remedy ? [details.remedy] : [])] }
}
