import type { Change } from '#model/change.ts'
import { TaskFailure } from '../module.ts'
import { type ClusterLook, isPremature, type Look, ownersInConflict } from './cluster-look.ts'
import { type K8sArgs, managerOf } from './k8s-args.ts'
import { messageOf } from './kube-answer.ts'
import { type KubeObject, nameOf } from './kube-object.ts'
import { comparable, differences, isSame, objectTexts } from './object-diff.ts'
import { keptBecause } from './object-set.ts'
import { readinessOf } from './readiness.ts'

/** The field of the change that is only about waiting. */
export const readyField = 'ready'

export function changesOf(look: ClusterLook, args: K8sArgs): readonly Change[] {
  if (args.state === 'absent') return [...look.objects, ...look.left].flatMap(removal)
  const changes = look.objects.flatMap((one) => changeOf(one, args))
  const pruned = look.left.filter((one) => mayPrune(one, args)).flatMap(removal)
  return [...changes, ...pruned, ...(changes.length + pruned.length === 0 ? readyChange(look, args) : [])]
}

export function mayPrune({ live }: Look, args: K8sArgs): boolean {
  const pruning = {
    set: args.set ?? '',
    manager: managerOf(args),
    isAllAllowed: args.prune_dangerous ?? false,
  }
  return live !== undefined && keptBecause(live, pruning) === undefined
}

function removal({ live }: Look): readonly Change[] {
  if (!live) return []
  return [
    {
      field: nameOf(live),
      before: 'present',
      after: 'absent',
      diff: { path: nameOf(live), ...objectTexts(live, undefined) },
    },
  ]
}

function changeOf({ object, live, planned, refusal, kind }: Look, args: K8sArgs): readonly Change[] {
  const field = nameOf(object)
  if (refusal && !isPremature(refusal) && !isRecreated(object, refusal.code, args))
    throw refused(object, refusal)
  if (!live || !planned) {
    const after = !kind || !planned ? 'present (not checked by the server)' : 'present'
    return [
      {
        field,
        before: live ? 'present' : 'absent',
        after,
        diff: { path: field, ...objectTexts(live, planned ?? object) },
      },
    ]
  }
  const [before, after] = [comparable(live), comparable(planned)]
  if (isSame(before, after)) return []
  const fields = differences(before, after)
  return [
    {
      field,
      before: 'drifted',
      after: summary(fields),
      diff: { path: field, ...objectTexts(live, planned) },
    },
  ]
}

const summary = (fields: readonly string[]): string =>
  fields.length > 4 ? `${fields.slice(0, 4).join(', ')} and ${fields.length - 4} more` : fields.join(', ')

export const isRecreated = ({ kind }: KubeObject, code: number, { recreate = ['Job'] }: K8sArgs): boolean =>
  code === 422 && recreate.includes(kind)

export function refused(object: KubeObject, answer: Parameters<typeof messageOf>[0]): TaskFailure {
  const owners = [...new Set(ownersInConflict(answer))]
  const remedy =
    owners.length > 0
      ? ` ${owners.join(' and ')} owns what this task sets: leave the field out, or take it over with \`force: true\` or \`take_over\`.`
      : ''
  return new TaskFailure(`The cluster refuses ${nameOf(object)}: ${messageOf(answer)}${remedy}`)
}

/** The objects that are not what they say they are yet. */
export function unready(objects: readonly KubeObject[]): readonly string[] {
  return objects.flatMap((object) => {
    const { state, message } = readinessOf(object)
    return state === 'ready' ? [] : [`${nameOf(object)}: ${message}`]
  })
}

function readyChange({ objects }: ClusterLook, { wait = true }: K8sArgs): readonly Change[] {
  const missing = wait ? unready(objects.flatMap(({ live }) => live ?? [])) : []
  return missing.length === 0 ? [] : [{ field: readyField, before: missing.join('; '), after: 'ready' }]
}
