import { refuse } from '../answer.ts'
import type { KubeClient } from './kube-client.ts'
import { resourceNamed, type Served, servedBy } from './resources.ts'

/** Objects of one kind that a command line names: all of them where it names none. */
export interface Target {
  readonly resource: Served
  readonly name?: string
}

export interface Targets {
  readonly targets: readonly Target[]
  /** Tables of several kinds say the kind with each name. */
  readonly isMixed: boolean
}

/** `TYPE`, `TYPE,TYPE`, `TYPE NAME…`, `TYPE/NAME…`: k8s.io/cli-runtime's pkg/resource/builder.go. */
export async function targetsOf(client: KubeClient, operands: readonly string[]): Promise<Targets> {
  const all = await servedBy(client)
  const [types = '', ...names] = operands
  if (operands.some((word) => word.includes('/'))) {
    const targets = operands.map((word) => slashed(all, word))
    return { targets, isMixed: true }
  }
  const resources = types
    .split(',')
    .filter((word) => word !== '')
    .map((word) => resourceNamed(all, word))
  const targets = resources.flatMap((resource): readonly Target[] =>
    names.length === 0 ? [{ resource }] : names.map((name) => ({ resource, name })),
  )
  return { targets, isMixed: resources.length > 1 }
}

function slashed(all: readonly Served[], word: string): Target {
  const [type = '', name = '', ...more] = word.split('/')
  if (name === '' || type === '' || more.length > 0)
    refuse(
      1,
      `error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
    )
  return { resource: resourceNamed(all, type), name }
}
