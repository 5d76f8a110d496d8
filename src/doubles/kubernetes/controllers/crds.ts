import { at } from '#doubles/json.ts'
import type { KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import { type Controller, type ControllerContext, conditionsWith, saveStatus } from './controller.ts'

/** Until a CRD is established, its kinds answer "404 page not found". */
export const establishCrds: Controller = (context) => {
  for (const crd of context.cluster.list('CustomResourceDefinition')) {
    if (!hasCondition(crd, 'Established')) establish(context, crd)
  }
}

function establish(context: ControllerContext, crd: KubeObject): void {
  const { now, options } = { now: context.cluster.now(), options: context.cluster.options }
  const delay = options.crdDelayMs ?? 0
  const age = now.getTime() - new Date(crd.metadata.creationTimestamp ?? 0).getTime()
  const isDue = delay === 0 || age >= delay
  if (!isDue) context.again(Math.min(delay, 50))
  const accepted = {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  }
  const established = isDue
    ? { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }
    : { type: 'Established', status: 'False', reason: 'Installing' }
  const acceptedNames = at(crd, 'spec', 'names')
  saveStatus(context, crd, { ...conditionsWith(context, crd, [accepted, established]), acceptedNames })
}
