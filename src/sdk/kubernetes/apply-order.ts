import { groupOf, type KubeObject } from './kube-object.ts'

/**
 * Objects are applied stage by stage. Webhooks and aggregated APIs come late, since one whose pods do not run yet keeps
 * others from writing; jobs after them, since some fill in their authority; custom resources last, since they are checked.
 */
export const stages = [
  'namespaces',
  'definitions',
  'basics',
  'workloads',
  'hooks',
  'jobs',
  'resources',
  'traffic',
] as const

export type Stage = (typeof stages)[number]

const stageOfKind: Readonly<Record<string, Stage>> = {
  Namespace: 'namespaces',
  CustomResourceDefinition: 'definitions',
  Deployment: 'workloads',
  DaemonSet: 'workloads',
  StatefulSet: 'workloads',
  ReplicaSet: 'workloads',
  Pod: 'workloads',
  Job: 'jobs',
  APIService: 'hooks',
  ValidatingWebhookConfiguration: 'hooks',
  MutatingWebhookConfiguration: 'hooks',
  Ingress: 'traffic',
  HorizontalPodAutoscaler: 'traffic',
  PodDisruptionBudget: 'traffic',
}

const ownGroups = /(^|\.)(k8s\.io)$|^(apps|batch|autoscaling|policy)?$/

export function stageOf({ apiVersion, kind }: KubeObject): Stage {
  return stageOfKind[kind] ?? (ownGroups.test(groupOf(apiVersion)) ? 'basics' : 'resources')
}

export const byStage = (a: KubeObject, b: KubeObject): number =>
  stages.indexOf(stageOf(a)) - stages.indexOf(stageOf(b))
