import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, listOf, numberOf, textOf } from '../json.ts'
import { goDuration } from '../kubernetes/go-duration.ts'
import type { KubeClient } from './kube-client.ts'
import { forEach, joined, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { patched } from './patch.ts'
import { printDone } from './print-objects.ts'
import { pathOf } from './resources.ts'
import { type Target, targetsOf } from './targets.ts'

/** `rollout status` and `rollout restart`: k8s.io/kubectl's pkg/polymorphichelpers/rollout_status.go and objectrestarter.go. */
export const rollout: KubectlCommand = {
  options: { '--timeout': 'value', '--watch -w': 'value', '--output -o': 'value' },
  async run(call) {
    const [command = '', ...operands] = call.operands
    const client = call.client()
    const { targets } = await targetsOf(client, operands)
    if (command === 'status') return forEach(targets, (target) => status(call, client, target))
    if (command === 'restart') return forEach(targets, (target) => restart(call, client, target))
    return refuse(1, `error: unknown command "${command}"\nSee 'kubectl rollout -h' for help and examples`)
  },
}

interface Progress {
  readonly text: string
  readonly isDone: boolean
}

async function status(
  { options, namespace }: KubectlCall,
  client: KubeClient,
  { resource, name }: Target,
): Promise<Answer> {
  const path = pathOf(resource, namespace, name)
  const limit = goDuration(options.text('timeout') ?? '0s') ?? 0
  const until = limit === 0 ? Number.POSITIVE_INFINITY : Date.now() + limit
  const said: string[] = []
  for (;;) {
    const { text, isDone } = progressOf(await client.ask({ path }), resource.kind)
    if (said.at(-1) !== text) said.push(text)
    if (isDone || options.text('watch') === 'false') return { stdout: said.join('') }
    if (Date.now() > until)
      return joined([
        { stdout: said.join('') },
        { exit: 1, stderr: 'error: timed out waiting for the condition\n' },
      ])
    await sleep(200)
  }
}

function progressOf(object: Fields, kind: string): Progress {
  if (kind === 'Deployment') return deploymentProgress(object)
  if (kind === 'DaemonSet') return daemonSetProgress(object)
  return refuse(1, `error: no status viewer has been implemented for ${kind}`)
}

const waiting = (text: string): Progress => ({ text, isDone: false })
const count = (object: Fields, name: string): number => numberOf(at(object, 'status', name))

function isSeen(object: Fields): boolean {
  return numberOf(at(object, 'metadata', 'generation')) <= count(object, 'observedGeneration')
}

function deploymentProgress(object: Fields): Progress {
  const name = textOf(at(object, 'metadata', 'name'))
  if (!isSeen(object)) return waiting('Waiting for deployment spec update to be observed...\n')
  const stuck = listOf(at(object, 'status', 'conditions')).some(
    (one) => at(one, 'reason') === 'ProgressDeadlineExceeded',
  )
  if (stuck) refuse(1, `error: deployment "${name}" exceeded its progress deadline`)
  const start = `Waiting for deployment "${name}" rollout to finish: `
  const [wanted, updated] = [numberOf(at(object, 'spec', 'replicas'), 1), count(object, 'updatedReplicas')]
  const [all, available] = [count(object, 'replicas'), count(object, 'availableReplicas')]
  if (updated < wanted)
    return waiting(`${start}${updated} out of ${wanted} new replicas have been updated...\n`)
  if (all > updated) return waiting(`${start}${all - updated} old replicas are pending termination...\n`)
  if (available < updated)
    return waiting(`${start}${available} of ${updated} updated replicas are available...\n`)
  return { text: `deployment "${name}" successfully rolled out\n`, isDone: true }
}

function daemonSetProgress(object: Fields): Progress {
  const name = textOf(at(object, 'metadata', 'name'))
  if (!isSeen(object)) return waiting('Waiting for daemon set spec update to be observed...\n')
  const start = `Waiting for daemon set "${name}" rollout to finish: `
  const wanted = count(object, 'desiredNumberScheduled')
  const [updated, available] = [count(object, 'updatedNumberScheduled'), count(object, 'numberAvailable')]
  if (updated < wanted) return waiting(`${start}${updated} out of ${wanted} new pods have been updated...\n`)
  if (available < wanted) return waiting(`${start}${available} of ${wanted} updated pods are available...\n`)
  return { text: `daemon set "${name}" successfully rolled out\n`, isDone: true }
}

async function restart(
  { options, namespace }: KubectlCall,
  client: KubeClient,
  target: Target,
): Promise<Answer> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString().replace(/\.\d+/, '') }
  const body = { spec: { template: { metadata: { annotations } } } }
  const type = 'application/strategic-merge-patch+json'
  const { after } = await patched(client, {
    target,
    namespace,
    body,
    query: 'fieldManager=kubectl-rollout',
    type,
  })
  return printDone(
    [{ resource: target.resource, object: after, what: 'restarted' }],
    options.text('output') ?? '',
  )
}
