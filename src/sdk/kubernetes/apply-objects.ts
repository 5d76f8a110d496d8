import type { ApplyContext } from '../module.ts'
import { TaskFailure } from '../module.ts'
import { byStage, stageOf, stages } from './apply-order.ts'
import { certificateTrouble } from './certificate-trouble.ts'
import { changesOf, isRecreated, mayPrune, refused, unready } from './cluster-changes.ts'
import { applyRequest, type ClusterLook, mayTakeOver } from './cluster-look.ts'
import type { K8sArgs } from './k8s-args.ts'
import { isSuccess, messageOf, NoCluster } from './kube-answer.ts'
import type { AskCluster } from './kube-client.ts'
import { discoverKinds, findKind, type KubeKind, objectPath } from './kube-kinds.ts'
import { isKubeObject, type KubeObject, nameOf } from './kube-object.ts'
import type { KubeAnswer, KubeRequest } from './kube-request.ts'
import { readinessOf } from './readiness.ts'

export interface Work {
  readonly args: K8sArgs
  readonly look: ClusterLook
  /** Must see what is there now. */
  readonly ask: AskCluster
  readonly controller: Pick<ApplyContext<never, never>['controller'], 'now' | 'sleep'>
  progress(text: string): void
}

/** Applies stage by stage; what is left of the set is deleted last. */
export async function applyObjects(work: Work): Promise<void> {
  const { look, args } = work
  const objects = look.objects.map(({ object }) => object)
  const changed = look.objects.filter(
    (one) => changesOf({ ...look, objects: [one], left: [] }, { ...args, wait: false }).length > 0,
  )
  for (const stage of stages) {
    const due = changed.map(({ object }) => object).filter((object) => stageOf(object) === stage)
    await applyStage(work, due)
    const isFollowed = changed.some(({ object }) => stages.indexOf(stageOf(object)) > stages.indexOf(stage))
    if (due.length > 0 && (stage === 'definitions' || (stage === 'workloads' && isFollowed)))
      await waitReady(work, due)
  }
  await deleteObjects(
    work,
    look.left.filter((one) => mayPrune(one, args)).flatMap(({ live }) => live ?? []),
  )
  if (args.wait ?? true) await waitReady(work, objects)
}

async function applyStage(work: Work, objects: readonly KubeObject[]): Promise<void> {
  const started = work.controller.now().getTime()
  for (let due = objects; due.length > 0; ) {
    const left = await applyOnce(work, due)
    if (left.length > 0) await pause(work, { started, problem: left[0]?.problem ?? '' })
    due = left.map(({ object }) => object)
  }
}

interface Left {
  readonly object: KubeObject
  readonly problem: string
}

/** Applies all that can be; gives those to try again, and why. */
async function applyOnce(work: Work, due: readonly KubeObject[]): Promise<readonly Left[]> {
  const kinds = await discoverKinds(work.ask, due, work.look.kinds)
  const served = due.filter((object) => findKind(kinds, object))
  const unserved = due.filter((object) => !findKind(kinds, object))
  const left: Left[] = unserved.map((object) => ({
    object,
    problem: `nothing serves ${object.apiVersion} ${object.kind}`,
  }))
  const answers = await askPatiently(
    work,
    served.map((object) => request(work, kinds, object)),
  )
  for (const [i, answer] of answers.entries()) {
    const object = served[i]
    if (!object || isSuccess(answer)) continue
    const verdict = await verdictOn(work, { object, answer, kinds })
    if (verdict === 'again') left.push({ object, problem: `${nameOf(object)}: ${messageOf(answer)}` })
  }
  return left
}

function request({ args }: Work, kinds: readonly KubeKind[], object: KubeObject): KubeRequest {
  const kind = findKind(kinds, object)
  if (!kind) throw new TaskFailure(`Nothing serves ${object.apiVersion} ${object.kind}.`)
  return applyRequest(kind, object, { args, isDryRun: false, force: args.force ?? false })
}

/** While the API server restarts nobody answers. */
async function askPatiently(work: Work, requests: readonly KubeRequest[]): Promise<readonly KubeAnswer[]> {
  try {
    return await work.ask(requests)
  } catch (error) {
    if (!(error instanceof NoCluster)) throw error
    return requests.map(() => ({ code: 0, body: error.message }))
  }
}

const longest = 180

async function pause(
  { controller, progress }: Work,
  { started, problem }: { started: number; problem: string },
): Promise<void> {
  const elapsed = (controller.now().getTime() - started) / 1000
  if (elapsed > longest) throw new TaskFailure(`Not applied within ${longest} s. ${problem}${hint(problem)}`)
  progress(`waiting, ${Math.round(elapsed)} s: ${problem}`)
  await controller.sleep(Math.min(1000 + elapsed * 100, 10_000))
}

const hint = (problem: string): string =>
  problem.includes('failed calling webhook')
    ? ' The pods behind the webhook may not run, or the control plane cannot reach the pod network: look at the CNI and the firewall first.'
    : ''

interface Refusal {
  readonly object: KubeObject
  readonly answer: KubeAnswer
  readonly kinds: readonly KubeKind[]
}

async function verdictOn(work: Work, { object, answer, kinds }: Refusal): Promise<'done' | 'again'> {
  if (mayTakeOver(answer, work.args)) {
    await applyStage({ ...work, args: { ...work.args, force: true } }, [object])
    return 'done'
  }
  if (isRecreated(object, answer.code, work.args)) {
    await deleteObjects(work, [object], kinds)
    return 'again'
  }
  if (isPassing(answer)) return 'again'
  throw refused(object, answer)
}

/** Refusals that pass by themselves (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/). */
function isPassing(answer: KubeAnswer): boolean {
  const message = messageOf(answer)
  if ([0, 404, 429, 503].includes(answer.code)) return true
  return /failed calling webhook|object has been modified|being terminated|etcdserver: request timed out/.test(
    message,
  )
}

/** Deletes in the reverse order, and waits until all are gone. */
export async function deleteObjects(
  work: Work,
  objects: readonly KubeObject[],
  given?: readonly KubeKind[],
): Promise<void> {
  if (objects.length === 0) return
  const kinds = await discoverKinds(work.ask, objects, given ?? work.look.kinds)
  const paths = objects
    .toSorted((a, b) => byStage(b, a))
    .flatMap((object) => {
      const kind = findKind(kinds, object)
      return kind ? [objectPath(kind, object)] : []
    })
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' }
  const answers = await work.ask(paths.map((path) => ({ method: 'DELETE', path, body: options })))
  const wrong = answers.find(({ code }) => code >= 400 && code !== 404)
  if (wrong) throw new TaskFailure(`The cluster refuses to delete: ${messageOf(wrong)}`)
  await until(work, async () => {
    const left = await work.ask(paths.map((path) => ({ method: 'GET', path })))
    const present = left.flatMap(({ body }) => (isKubeObject(body) ? [`${nameOf(body)} is still there`] : []))
    return present.join('; ')
  })
}

/** Looks again and again until all are ready. Fails at once for what says that it has failed. */
export async function waitReady(work: Work, objects: readonly KubeObject[]): Promise<void> {
  const kinds = await discoverKinds(work.ask, objects, work.look.kinds)
  const known = objects.flatMap((object) => {
    const kind = findKind(kinds, object)
    // Jobs with ttlSecondsAfterFinished: 0 are gone when they are done.
    return kind && object.kind !== 'Job' ? [{ method: 'GET', path: objectPath(kind, object) } as const] : []
  })
  let present: readonly KubeObject[] = []
  const look = async (): Promise<string> => {
    const answers = await askPatiently(work, known)
    present = answers.flatMap(({ body }) => (isKubeObject(body) ? [body] : []))
    const broken = present.find((object) => readinessOf(object).state === 'failed')
    if (broken) throw new TaskFailure(`${nameOf(broken)} has failed: ${readinessOf(broken).message}`)
    const missing = answers.length - present.length
    return missing > 0 ? `${missing} objects are not there` : unready(present).join('; ')
  }
  const isUnready = (object: KubeObject): boolean => readinessOf(object).state !== 'ready'
  await until(work, look, () => certificateTrouble(work.ask, present.filter(isUnready)))
}

/** `reason` is asked for when it took too long. */
async function until(
  { args, controller, progress }: Work,
  problem: () => Promise<string>,
  reason: () => Promise<string> = async () => '',
): Promise<void> {
  const { wait_timeout = 300 } = args
  const started = controller.now().getTime()
  for (;;) {
    const text = await problem()
    if (text === '') return
    const elapsed = (controller.now().getTime() - started) / 1000
    if (elapsed >= wait_timeout) {
      const why = await reason()
      throw new TaskFailure(`Not ready within ${wait_timeout} s: ${text}${why === '' ? '' : `. ${why}`}`)
    }
    progress(`waiting, ${Math.round(elapsed)} of ${wait_timeout} s: ${text}`)
    await controller.sleep(elapsed < 5 ? 250 : 1000)
  }
}
