import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, refuse } from '../answer.ts'
import { at, listOf, textOf } from '../json.ts'
import { dryRunOf } from './apply.ts'
import { rawAnswer, selection } from './get.ts'
import { type KubeClient, refusalOf } from './kube-client.ts'
import { forEach, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { manifestOptions, objectPath, wantedBy } from './manifests.ts'
import { pathOf, qualified, type Served } from './resources.ts'
import { targetsOf } from './targets.ts'

export const remove: KubectlCommand = {
  options: {
    ...manifestOptions,
    '--selector -l': 'value',
    '--field-selector': 'value',
    '--all': 'flag',
    '--all-namespaces -A': 'flag',
    '--ignore-not-found': 'flag',
    '--wait': 'value',
    '--timeout': 'value',
    '--grace-period': 'value',
    '--now': 'flag',
    '--force': 'flag',
    '--cascade': 'value',
    '--dry-run': 'value',
    '--output -o': 'value',
    '--raw': 'value',
  },
  async run(call) {
    const client = call.client()
    const raw = call.options.text('raw')
    if (raw !== undefined) return rawAnswer(client, { method: 'DELETE', path: raw })
    const doomed = await doomedBy(call, client)
    if (doomed.length === 0) return { stdout: 'No resources found\n' }
    return forEach(doomed, (one) => deleteOne(call, client, one))
  },
}

interface Doomed {
  readonly resource: Served
  readonly name: string
  readonly path: string
  /** Before what the server refuses. */
  readonly when: string
}

async function doomedBy(call: KubectlCall, client: KubeClient): Promise<readonly Doomed[]> {
  const { options, operands, namespace } = call
  if (options.texts('filename').length > 0)
    return (await wantedBy(call, client)).map((wanted) => ({
      resource: wanted.resource,
      name: wanted.object.metadata.name,
      path: objectPath(wanted),
      when: `error when deleting "${wanted.source}": `,
    }))
  if (operands.length === 0) refuse(1, nothingNamed)
  const { targets } = await targetsOf(client, operands)
  const lists = await Promise.all(
    targets.map(async ({ resource, name }): Promise<readonly Doomed[]> => {
      if (name !== undefined) return [{ resource, name, path: pathOf(resource, namespace, name), when: '' }]
      if (
        !options.has('all') &&
        options.text('selector') === undefined &&
        options.text('field-selector') === undefined
      )
        refuse(1, 'error: resource(s) were provided, but no name was specified')
      const place = options.has('all-namespaces') ? '' : namespace
      const list = await client.ask({ path: `${pathOf(resource, place)}${selection(options)}` })
      return listOf(list['items']).map((item) => {
        const [own, found] = [textOf(at(item, 'metadata', 'name')), textOf(at(item, 'metadata', 'namespace'))]
        return { resource, name: own, path: pathOf(resource, found, own), when: '' }
      })
    }),
  )
  return lists.flat()
}

const nothingNamed = `error: You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

async function deleteOne({ options }: KubectlCall, client: KubeClient, doomed: Doomed): Promise<Answer> {
  const { resource, name, path, when } = doomed
  const how = dryRunOf(options)
  const asked =
    how.kind === 'client'
      ? { path }
      : { method: 'DELETE', path: `${path}?propagationPolicy=Background${how.query}` }
  const answer = await client.answerTo(asked)
  if (answer.code === 404 && options.has('ignore-not-found')) return {}
  if (answer.code >= 400) throw refusalOf(answer, when)
  if (how.kind === 'none' && options.text('wait') !== 'false') await untilGone(client, path)
  const isForced = options.has('force') ? 'force ' : ''
  return {
    stdout:
      options.text('output') === 'name'
        ? `${qualified(resource)}/${name}\n`
        : `${qualified(resource)} "${name}" ${isForced}deleted${how.note}\n`,
  }
}

/** What has finalizers goes when they have. */
async function untilGone(client: KubeClient, path: string): Promise<void> {
  while ((await client.answerTo({ path })).code !== 404) await sleep(100)
}
