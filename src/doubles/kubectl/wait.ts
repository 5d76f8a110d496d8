import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, isFields, listOf, textOf } from '../json.ts'
import { goDuration } from '../kubernetes/go-duration.ts'
import { selection } from './get.ts'
import { jsonPath } from './json-path.ts'
import type { KubeClient } from './kube-client.ts'
import { forEach, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { manifestOptions, objectPath, wantedBy } from './manifests.ts'
import { pathOf, qualified, type Served } from './resources.ts'
import { targetsOf } from './targets.ts'

/** k8s.io/kubectl's pkg/cmd/wait/wait.go. */
export const wait: KubectlCommand = {
  options: {
    ...manifestOptions,
    '--for': 'value',
    '--timeout': 'value',
    '--selector -l': 'value',
    '--field-selector': 'value',
    '--all': 'flag',
    '--all-namespaces -A': 'flag',
    '--output -o': 'value',
  },
  async run(call) {
    const client = call.client()
    const goal = goalOf(call.options.text('for') ?? '')
    const awaited = await awaitedBy(call, client)
    if (awaited.length === 0 && !goal.isDeletion) refuse(1, 'error: no matching resources found')
    const limit = goDuration(call.options.text('timeout') ?? '30s') ?? 30_000
    const until = Date.now() + limit
    return forEach(awaited, (one) => awaitOne(client, one, { goal, until }))
  },
}

interface Goal {
  readonly isDeletion: boolean
  readonly isReached: (object: Fields | undefined) => boolean
}

function goalOf(text: string): Goal {
  if (text.toLowerCase() === 'delete')
    return { isDeletion: true, isReached: (object) => object === undefined }
  const [, name, status = 'true'] = /^condition=([^=]+)(?:=(.*))?$/.exec(text) ?? []
  if (name !== undefined) return { isDeletion: false, isReached: (object) => hasState(object, name, status) }
  const [, path, value] = /^jsonpath=(\{[^}]*\})=(.*)$/.exec(text) ?? []
  if (path !== undefined)
    return {
      isDeletion: false,
      isReached: (object) => object !== undefined && jsonPath(path, object) === value,
    }
  return refuse(1, `error: unrecognized condition: "${text}"`)
}

/** A condition that speaks of an older generation counts for nothing. */
function hasState(object: Fields | undefined, name: string, status: string): boolean {
  const condition = listOf(at(object, 'status', 'conditions')).find(
    (one) => textOf(at(one, 'type')).toLowerCase() === name.toLowerCase(),
  )
  if (condition === undefined) return false
  const [seen, now] = [at(condition, 'observedGeneration'), at(object, 'metadata', 'generation')]
  const isOld = typeof seen === 'number' && typeof now === 'number' && seen < now
  return !isOld && textOf(at(condition, 'status')).toLowerCase() === status.toLowerCase()
}

interface Awaited {
  readonly resource: Served
  readonly name: string
  readonly path: string
  readonly uid: unknown
}

async function awaitedBy(call: KubectlCall, client: KubeClient): Promise<readonly Awaited[]> {
  const { options, operands, namespace } = call
  if (options.texts('filename').length > 0)
    return Promise.all(
      (await wantedBy(call, client)).map((wanted) =>
        named(client, {
          resource: wanted.resource,
          name: wanted.object.metadata.name,
          path: objectPath(wanted),
          isGone: isDeletion(call),
        }),
      ),
    ).then((all) => all.flat())
  const { targets } = await targetsOf(client, operands)
  const lists = targets.map(async ({ resource, name }): Promise<readonly Awaited[]> => {
    if (name !== undefined)
      return named(client, {
        resource,
        name,
        path: pathOf(resource, namespace, name),
        isGone: isDeletion(call),
      })
    const place = options.has('all-namespaces') ? '' : namespace
    const list = await client.ask({ path: `${pathOf(resource, place)}${selection(options)}` })
    return listOf(list['items'])
      .filter(isFields)
      .map((item) => {
        const [own, found] = [textOf(at(item, 'metadata', 'name')), textOf(at(item, 'metadata', 'namespace'))]
        return { resource, name: own, path: pathOf(resource, found, own), uid: at(item, 'metadata', 'uid') }
      })
  })
  return (await Promise.all(lists)).flat()
}

const isDeletion = ({ options }: KubectlCall): boolean => options.text('for')?.toLowerCase() === 'delete'

interface Naming {
  readonly resource: Served
  readonly name: string
  readonly path: string
  readonly isGone: boolean
}

/** Whose deletion is waited for may be gone. */
async function named(
  client: KubeClient,
  { resource, name, path, isGone }: Naming,
): Promise<readonly Awaited[]> {
  const object = isGone ? await client.find(path) : await client.ask({ path })
  return object ? [{ resource, name, path, uid: at(object, 'metadata', 'uid') }] : []
}

async function awaitOne(
  client: KubeClient,
  { resource, name, path, uid }: Awaited,
  { goal, until }: { readonly goal: Goal; readonly until: number },
): Promise<Answer> {
  for (;;) {
    const found = await client.find(path)
    // One of the same name that came later is another.
    const object = found && (!goal.isDeletion || found.metadata.uid === uid) ? found : undefined
    if (goal.isReached(object)) return { stdout: `${qualified(resource)}/${name} condition met\n` }
    if (Date.now() > until)
      refuse(1, `error: timed out waiting for the condition on ${resource.name}/${name}`)
    await sleep(200)
  }
}
