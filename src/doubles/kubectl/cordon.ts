import type { Answer } from '../answer.ts'
import { refuse } from '../answer.ts'
import { at, listOf, textOf } from '../json.ts'
import { selection } from './get.ts'
import type { KubeClient } from './kube-client.ts'
import { forEach, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'

export const nodeOptions = { '--selector -l': 'value', '--dry-run': 'value' } as const

export const cordon: KubectlCommand = { options: nodeOptions, run: (call) => forNodes(call, true) }
export const uncordon: KubectlCommand = { options: nodeOptions, run: (call) => forNodes(call, false) }

async function forNodes(call: KubectlCall, isCordoned: boolean): Promise<Answer> {
  const client = call.client()
  const names = await nodesOf(call, client)
  return forEach(names, async (name) => ({ stdout: await setCordon(client, name, isCordoned) }))
}

/** Those that are named, or selected. All of them have to be there. */
export async function nodesOf(
  { operands, options }: KubectlCall,
  client: KubeClient,
): Promise<readonly string[]> {
  const named = operands.map((word) => word.replace(/^nodes?\//, ''))
  if (named.length === 0 && options.text('selector') === undefined)
    refuse(1, 'error: USAGE: cordon NODE [flags]')
  for (const name of named) await client.ask({ path: `/api/v1/nodes/${name}` })
  if (named.length > 0) return named
  const list = await client.ask({ path: `/api/v1/nodes${selection(options)}` })
  return listOf(list['items']).map((node) => textOf(at(node, 'metadata', 'name')))
}

/** What is said about it. */
export async function setCordon(client: KubeClient, name: string, isCordoned: boolean): Promise<string> {
  const path = `/api/v1/nodes/${name}`
  const word = isCordoned ? 'cordoned' : 'uncordoned'
  const node = await client.ask({ path })
  if ((at(node, 'spec', 'unschedulable') === true) === isCordoned) return `node/${name} already ${word}\n`
  const body = { spec: { unschedulable: isCordoned ? true : null } }
  const type = 'application/strategic-merge-patch+json'
  await client.ask({ method: 'PATCH', path: `${path}?fieldManager=kubectl-cordon`, body, type })
  return `node/${name} ${word}\n`
}
