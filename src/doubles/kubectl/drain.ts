import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, fieldsOf, isFields, listOf, textOf } from '../json.ts'
import { goDuration } from '../kubernetes/go-duration.ts'
import type { Options } from '../options.ts'
import { nodeOptions, nodesOf, setCordon } from './cordon.ts'
import { type KubeClient, refusalOf } from './kube-client.ts'
import type { KubectlCall, KubectlCommand } from './kubectl-call.ts'

/** Cordons nodes and evicts their pods: k8s.io/kubectl's pkg/drain/drain.go and filters.go. */
export const drain: KubectlCommand = {
  options: {
    ...nodeOptions,
    '--ignore-daemonsets': 'flag',
    '--delete-emptydir-data': 'flag',
    '--force': 'flag',
    '--disable-eviction': 'flag',
    '--grace-period': 'value',
    '--timeout': 'value',
    '--pod-selector': 'value',
    '--skip-wait-for-delete-timeout': 'value',
  },
  async run(call) {
    const client = call.client()
    const said: string[] = []
    const warned: string[] = []
    const names = await nodesOf(call, client)
    for (const name of names) said.push(await setCordon(client, name, true))
    for (const name of names) {
      const { stdout, stderr, exit = 0 } = await drainNode(call, client, name)
      said.push(stdout ?? '')
      warned.push(stderr ?? '')
      if (exit > 0) return { stdout: said.join(''), stderr: warned.join(''), exit }
    }
    return { stdout: said.join(''), stderr: warned.join('') }
  },
}

async function drainNode(call: KubectlCall, client: KubeClient, name: string): Promise<Answer> {
  const list = await client.ask({ path: `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}` })
  const pods = listOf(list['items'])
    .filter(isFields)
    .filter((pod) => !isMirror(pod))
  const verdicts = pods.map((pod) => verdictOn(pod, call.options))
  const problems = grouped(
    verdicts.flatMap(({ pod, problem }) => (problem === undefined ? [] : [{ pod, what: problem }])),
  )
  if (problems.length > 0) return cannotDrain(name, problems)
  const warnings = grouped(
    verdicts.flatMap(({ pod, warning }) => (warning === undefined ? [] : [{ pod, what: warning }])),
  )
  const doomed = verdicts.filter(({ isDoomed }) => isDoomed).map(({ pod }) => pod)
  const lines = doomed.map((pod) => `evicting pod ${placeOf(pod)}\n`)
  for (const pod of doomed) await evict(call, client, pod)
  for (const pod of doomed) {
    await untilGone(call, client, pod)
    lines.push(`pod/${textOf(at(pod, 'metadata', 'name'))} evicted\n`)
  }
  return {
    stdout: `${lines.join('')}node/${name} drained\n`,
    ...(warnings.length > 0 ? { stderr: `Warning: ${warnings.join('; ')}\n` } : {}),
  }
}

function cannotDrain(name: string, problems: readonly string[]): Answer {
  const all = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`
  const text = `error: unable to drain node "${name}" due to error:${all}, continuing command...
There are pending nodes to be drained:
 ${name}
${problems.join('\n')}
`
  return { exit: 1, stderr: text }
}

interface Verdict {
  readonly pod: Fields
  readonly isDoomed: boolean
  readonly problem?: string
  readonly warning?: string
}

const isMirror = (pod: Fields): boolean =>
  at(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== undefined
const placeOf = (pod: unknown): string =>
  `${textOf(at(pod, 'metadata', 'namespace'))}/${textOf(at(pod, 'metadata', 'name'))}`
const ownersOf = (pod: Fields): readonly Fields[] =>
  listOf(at(pod, 'metadata', 'ownerReferences')).map(fieldsOf)

/** The order is that of kubectl's filters: a pod of a DaemonSet is nothing but that. */
function verdictOn(pod: Fields, options: Options): Verdict {
  const isOver = ['Succeeded', 'Failed'].includes(textOf(at(pod, 'status', 'phase')))
  if (ownersOf(pod).some(({ kind }) => kind === 'DaemonSet') && !isOver) {
    return options.has('ignore-daemonsets')
      ? { pod, isDoomed: false, warning: 'ignoring DaemonSet-managed Pods' }
      : {
          pod,
          isDoomed: false,
          problem: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
        }
  }
  const hasData = listOf(at(pod, 'spec', 'volumes')).some((volume) => at(volume, 'emptyDir') !== undefined)
  if (hasData && !isOver && !options.has('delete-emptydir-data'))
    return {
      pod,
      isDoomed: false,
      problem: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)',
    }
  if (ownersOf(pod).length === 0 && !isOver) {
    return options.has('force')
      ? { pod, isDoomed: true, warning: 'deleting Pods that declare no controller' }
      : {
          pod,
          isDoomed: false,
          problem: 'cannot delete Pods declare no controller (use --force to override)',
        }
  }
  return { pod, isDoomed: true }
}

/** `what: pod, pod` for each, in the order of the alphabet. */
function grouped(found: readonly { readonly pod: Fields; readonly what: string }[]): readonly string[] {
  const kinds = Map.groupBy(found, ({ what }) => what)
  return [...kinds]
    .map(([what, same]) => `${what}: ${same.map(({ pod }) => placeOf(pod)).join(', ')}`)
    .toSorted()
}

/** A disruption budget says "not now" with 429: kubectl asks again every five seconds. */
async function evict(call: KubectlCall, client: KubeClient, pod: Fields): Promise<void> {
  const [namespace, name] = ['namespace', 'name'].map((field) => textOf(at(pod, 'metadata', field)))
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  if (call.options.has('disable-eviction')) {
    await client.ask({ method: 'DELETE', path })
    return
  }
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
  const until = deadline(call.options)
  for (;;) {
    const answer = await client.answerTo({ method: 'POST', path: `${path}/eviction`, body })
    if (answer.code < 400 || answer.code === 404) return
    if (answer.code !== 429) throw refusalOf(answer, `error when evicting pods/"${name}" -n "${namespace}": `)
    if (Date.now() > until)
      refuse(
        1,
        `error when evicting pods/"${name}" -n "${namespace}": global timeout reached: ${call.options.text('timeout')}`,
      )
    await sleep(Math.min(5000, Math.max(0, until - Date.now())))
  }
}

const deadline = (options: Options): number => {
  const limit = goDuration(options.text('timeout') ?? '') ?? 0
  return limit === 0 ? Number.POSITIVE_INFINITY : Date.now() + limit
}

async function untilGone({ options }: KubectlCall, client: KubeClient, pod: Fields): Promise<void> {
  const [namespace, name] = ['namespace', 'name'].map((field) => textOf(at(pod, 'metadata', field)))
  const until = deadline(options)
  for (;;) {
    const { code, body } = await client.answerTo({ path: `/api/v1/namespaces/${namespace}/pods/${name}` })
    if (code === 404 || at(body, 'metadata', 'uid') !== at(pod, 'metadata', 'uid')) return
    if (Date.now() > until)
      refuse(
        1,
        `error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached: ${options.text('timeout')}`,
      )
    await sleep(200)
  }
}
