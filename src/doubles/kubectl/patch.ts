import { readFileSync } from 'node:fs'
import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, fieldsOf, isSame } from '../json.ts'
import { dryRunOf, dryRunOptions } from './apply.ts'
import { type KubeClient, refusalOf } from './kube-client.ts'
import { forEach, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { printDone } from './print-objects.ts'
import { pathOf } from './resources.ts'
import { type Target, targetsOf } from './targets.ts'

/** `merge`, and `strategic` as far as the server tells them apart. */
export const patch: KubectlCommand = {
  options: {
    ...dryRunOptions,
    '--type': 'value',
    '--patch -p': 'value',
    '--patch-file': 'value',
    '--subresource': 'value',
  },
  async run(call) {
    const { options } = call
    const client = call.client()
    const file = options.text('patch-file')
    const text = options.text('patch') ?? (file === undefined ? undefined : readFileSync(file, 'utf8'))
    if (text === undefined)
      refuse(1, 'error: must specify --patch or --patch-file containing the contents of the patch')
    const body: unknown = JSON.parse(text ?? '')
    const { targets } = await targetsOf(client, call.operands)
    return forEach(targets, (target) => patchOne(call, client, { target, body }))
  },
}

async function patchOne(
  call: KubectlCall,
  client: KubeClient,
  { target, body }: { readonly target: Target; readonly body: unknown },
): Promise<Answer> {
  const { options } = call
  const how = dryRunOf(options)
  const manager = options.text('field-manager') ?? 'kubectl-patch'
  const subresource = options.text('subresource')
  const { before, after } = await patched(client, {
    target,
    namespace: call.namespace,
    body,
    query: `fieldManager=${encodeURIComponent(manager)}${how.query}`,
    type: `application/${options.text('type') ?? 'strategic'}${options.text('type') === 'merge' ? '' : '-merge'}-patch+json`,
    ...(subresource === undefined ? {} : { subresource }),
  })
  const note = isSame(versionOf(before), versionOf(after)) && how.kind === 'none' ? ' (no change)' : how.note
  return printDone(
    [{ resource: target.resource, object: after, what: `patched${note}` }],
    options.text('output') ?? '',
  )
}

const versionOf = (object: Fields): unknown => at(object, 'metadata', 'resourceVersion')

export interface Patching {
  readonly target: Target
  readonly namespace: string
  readonly body: unknown
  readonly query: string
  readonly type?: string
  readonly subresource?: string
}

/** Changes an object that is there. */
export async function patched(
  client: KubeClient,
  { target, namespace, body, query, type = 'application/merge-patch+json', subresource }: Patching,
): Promise<{ readonly before: Fields; readonly after: Fields }> {
  const path = pathOf(target.resource, namespace, target.name)
  const before = await client.ask({ path })
  const place = subresource === undefined ? path : `${path}/${subresource}`
  const answer = await client.answerTo({ method: 'PATCH', path: `${place}?${query}`, body, type })
  if (answer.code >= 400) throw refusalOf(answer)
  return { before, after: fieldsOf(answer.body) }
}
