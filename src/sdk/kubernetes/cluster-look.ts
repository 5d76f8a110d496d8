import type { K8sArgs } from './k8s-args.ts'
import { managerOf } from './k8s-args.ts'
import { isSuccess, messageOf } from './kube-answer.ts'
import type { AskCluster } from './kube-client.ts'
import { discoverKinds, findKind, type KubeKind, knownKinds, objectPath } from './kube-kinds.ts'
import { at, isKubeObject, type KubeObject, listOf, textOf } from './kube-object.ts'
import type { KubeAnswer, KubeRequest } from './kube-request.ts'
import { inventoryOf, inventoryPath, leftOver, membersIn } from './object-set.ts'
import { readinessOf } from './readiness.ts'

/** One object: what is there, and what the server says would be there. */
export interface Look {
  readonly object: KubeObject
  /** Undefined when nothing serves its kind (yet). */
  readonly kind: KubeKind | undefined
  readonly live: KubeObject | undefined
  /** The answer to the dry run. */
  readonly planned: KubeObject | undefined
  /** Why there is no plan: nothing was applied under a name that does not exist yet, or it was refused. */
  readonly refusal?: KubeAnswer
}

export interface ClusterLook {
  readonly objects: readonly Look[]
  /** What the set had and the task does not have. */
  readonly left: readonly Look[]
  readonly kinds: readonly KubeKind[]
}

/** Asks for all objects as they are and as they would be, which changes nothing. */
export async function lookAtCluster(
  ask: AskCluster,
  args: K8sArgs,
  given: readonly KubeObject[],
): Promise<ClusterLook> {
  const guards = (args.jobs_unless ?? []).map(guardObject)
  const kinds = await discoverKinds(ask, [...given, ...guards], knownKinds(given))
  const placed = given.map((object) => inItsPlace(object, kinds))
  const isDone = guards.length > 0 && (await areReady(ask, kinds, guards))
  const objects = isDone ? placed.filter(({ kind }) => kind !== 'Job') : placed
  const whole = withInventory(args, objects, placed)
  const requests = whole.flatMap((object) => requestsFor(object, kinds, args))
  const answers = await ask(requests)
  const looks = await settleConflicts(ask, args, looksFrom(whole, kinds, answers))
  return { objects: looks, left: await lookAtLeft(ask, args, { objects: placed, looks, kinds }), kinds }
}

/** What is not inside of a namespace has none, whatever the task says of the others. */
function inItsPlace(object: KubeObject, kinds: readonly KubeKind[]): KubeObject {
  if (findKind(kinds, object)?.isNamespaced !== false) return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

const guardObject = ({
  api_version = 'v1',
  kind,
  name,
  namespace,
}: NonNullable<K8sArgs['jobs_unless']>[number]): KubeObject => ({
  apiVersion: api_version,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
})

async function areReady(
  ask: AskCluster,
  kinds: readonly KubeKind[],
  guards: readonly KubeObject[],
): Promise<boolean> {
  const found = guards.map((guard) => ({ guard, kind: findKind(kinds, guard) }))
  const answers = await ask(
    found.flatMap(({ guard, kind }) =>
      kind ? [{ method: 'GET', path: objectPath(kind, guard) } as const] : [],
    ),
  )
  return (
    answers.length === guards.length &&
    answers.every(({ body }) => isKubeObject(body) && readinessOf(body).state === 'ready')
  )
}

/** The list of members is an object like the others; jobs that are left alone are members all the same. */
const withInventory = (
  { set, state }: K8sArgs,
  objects: readonly KubeObject[],
  members: readonly KubeObject[],
): readonly KubeObject[] =>
  set === undefined || state === 'absent' ? objects : [...objects, inventoryOf(set, members)]

function requestsFor(object: KubeObject, kinds: readonly KubeKind[], args: K8sArgs): readonly KubeRequest[] {
  const kind = findKind(kinds, object)
  if (!kind) return []
  const get: KubeRequest = { method: 'GET', path: objectPath(kind, object) }
  return args.state === 'absent'
    ? [get]
    : [get, applyRequest(kind, object, { args, isDryRun: true, force: args.force ?? false })]
}

export interface Applying {
  readonly args: K8sArgs
  readonly isDryRun: boolean
  readonly force: boolean
}

export function applyRequest(
  kind: KubeKind,
  object: KubeObject,
  { args, isDryRun, force }: Applying,
): KubeRequest {
  const query = new URLSearchParams({ fieldManager: managerOf(args), force: String(force) })
  if (isDryRun) query.set('dryRun', 'All')
  const metadata = kind.isNamespaced ? { namespace: 'default', ...object.metadata } : object.metadata
  return {
    method: 'PATCH',
    patch: 'apply',
    path: `${objectPath(kind, object)}?${query.toString()}`,
    body: { ...object, metadata },
  }
}

/** One answer for each object, or two where a dry run was asked for as well. */
function looksFrom(
  objects: readonly KubeObject[],
  kinds: readonly KubeKind[],
  answers: readonly KubeAnswer[],
): readonly Look[] {
  const rest = [...answers]
  const isPlanned = answers.length > objects.filter((object) => findKind(kinds, object)).length
  return objects.map((object) => {
    const kind = findKind(kinds, object)
    if (!kind) return { object, kind, live: undefined, planned: undefined }
    const live = rest.shift()
    return { object, kind, live: objectIn(live), ...plannedBy(isPlanned ? rest.shift() : undefined) }
  })
}

const objectIn = (answer: KubeAnswer | undefined): KubeObject | undefined =>
  answer && isSuccess(answer) && isKubeObject(answer.body) ? answer.body : undefined

function plannedBy(answer: KubeAnswer | undefined): Pick<Look, 'planned' | 'refusal'> {
  const planned = objectIn(answer)
  return answer && !isSuccess(answer) ? { planned, refusal: answer } : { planned }
}

/** Fields that people set by hand are taken back: asked again with force where nobody else is concerned. */
async function settleConflicts(
  ask: AskCluster,
  args: K8sArgs,
  looks: readonly Look[],
): Promise<readonly Look[]> {
  const mine = looks.filter(({ refusal }) => refusal && mayTakeOver(refusal, args))
  const requests = mine.flatMap(({ kind, object }) =>
    kind ? [applyRequest(kind, object, { args, isDryRun: true, force: true })] : [],
  )
  const answers = await ask(requests)
  const forced = new Map(mine.map((look, i) => [look.object, answers[i]]))
  return looks.map((look) => {
    const answer = forced.get(look.object)
    if (!answer) return look
    const { refusal: _, ...rest } = look
    return isSuccess(answer) && isKubeObject(answer.body)
      ? { ...rest, planned: answer.body }
      : { ...rest, refusal: answer }
  })
}

/** Names of those whose fields an apply would take. */
export function ownersInConflict({ code, body }: KubeAnswer): readonly string[] {
  if (code !== 409) return []
  const causes = listOf(at(body, 'details', 'causes')).filter(
    (cause) => at(cause, 'reason') === 'FieldManagerConflict',
  )
  return causes.map((cause) => /conflict with "([^"]+)"/.exec(textOf(at(cause, 'message')))?.[1] ?? '')
}

export function mayTakeOver(answer: KubeAnswer, { take_over = ['kubectl'] }: K8sArgs): boolean {
  const owners = ownersInConflict(answer)
  return owners.length > 0 && owners.every((owner) => take_over.some((name) => owner.startsWith(name)))
}

async function lookAtLeft(
  ask: AskCluster,
  { set, state }: K8sArgs,
  {
    objects,
    looks,
    kinds,
  }: { objects: readonly KubeObject[]; looks: readonly Look[]; kinds: readonly KubeKind[] },
): Promise<readonly Look[]> {
  if (set === undefined) return []
  const inventory = looks.find(({ object }) => object.metadata.name === inventoryPath(set).split('/').at(-1))
  const before =
    state === 'absent' ? (await ask([{ method: 'GET', path: inventoryPath(set) }]))[0]?.body : inventory?.live
  const left = leftOver(membersIn(before), objects)
  const known = await discoverKinds(ask, left, kinds)
  const served = left.filter((object) => findKind(known, object))
  const answers = await ask(
    served.flatMap((object) => {
      const kind = findKind(known, object)
      return kind ? [{ method: 'GET', path: objectPath(kind, object) } as const] : []
    }),
  )
  return looksFrom(served, known, answers).filter(({ live }) => live !== undefined)
}

/** A dry run that could not be made because something it needs is not there yet: the namespace, the kind, a webhook. */
export function isPremature(answer: KubeAnswer): boolean {
  const message = messageOf(answer)
  return answer.code === 404 || answer.code === 503 || /failed calling webhook|being terminated/.test(message)
}
