import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#sdk/kubernetes/kube-object.ts'
import { readinessOf } from '#sdk/kubernetes/readiness.ts'

const object = (kind: string, fields: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', generation: 1 },
  ...fields,
})
const condition = (type: string, status: string, more: object = {}) => ({
  conditions: [{ type, status, ...more }],
})

const available = { replicas: 2, updatedReplicas: 2, availableReplicas: 2, observedGeneration: 1 }

describe('an object is ready', () => {
  test.each([
    [
      'a deployment, when all replicas are new and available',
      object('Deployment', {
        spec: { replicas: 2 },
        status: { ...available, ...condition('Available', 'True') },
      }),
    ],
    [
      'a DaemonSet, when every node that should has its pod',
      object('DaemonSet', {
        status: {
          observedGeneration: 1,
          desiredNumberScheduled: 1,
          currentNumberScheduled: 1,
          updatedNumberScheduled: 1,
          numberAvailable: 1,
          numberReady: 1,
        },
      }),
    ],
    ['a job, when it is complete', object('Job', { status: condition('Complete', 'True') })],
    [
      'a LoadBalancer, when it has an address',
      object('Service', {
        spec: { type: 'LoadBalancer' },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
      }),
    ],
    ['a ConfigMap, always', object('ConfigMap', {})],
    ['a kind of nobody, without a Ready condition', object('Widget', {})],
  ])('%s', (_, value) => {
    expect(readinessOf(value)).toEqual({ state: 'ready', message: 'ready' })
  })
})

describe('an object is waited for', () => {
  test.each([
    [
      'that is being deleted',
      { ...object('ConfigMap', {}), metadata: { name: 'x', deletionTimestamp: 'now' } },
      'is being deleted',
    ],
    [
      'whose change was not seen',
      object('Deployment', { status: { observedGeneration: 0 } }),
      'its change was not seen yet',
    ],
    [
      'a deployment with old replicas',
      object('Deployment', { spec: { replicas: 2 }, status: { ...available, replicas: 3 } }),
      'old replicas are still there',
    ],
    [
      'a deployment whose replicas are not available',
      object('Deployment', { spec: { replicas: 2 }, status: { ...available, availableReplicas: 1 } }),
      '1 of 2 replicas are available',
    ],
    ['a job that runs', object('Job', { status: { active: 1 } }), 'it has not completed'],
    [
      'a LoadBalancer with nothing but a cluster address',
      object('Service', { spec: { type: 'LoadBalancer', clusterIP: '10.96.0.1' } }),
      'it has no address from a load balancer',
    ],
    ['a Certificate without a Ready condition', object('Certificate', {}), 'Ready is not there yet'],
    [
      'a Certificate that says why',
      object('Certificate', { status: condition('Ready', 'False', { message: 'no issuer' }) }),
      'no issuer',
    ],
    ['an aggregated API', object('APIService', { spec: { service: {} } }), 'Available is not there yet'],
    [
      'a webhook without an authority',
      object('ValidatingWebhookConfiguration', { webhooks: [{ clientConfig: {} }] }),
      '1 of its webhooks have no caBundle yet',
    ],
    [
      'a node with the taint',
      object('Node', {
        spec: { taints: [{ key: 'node.kubernetes.io/not-ready' }] },
        status: condition('Ready', 'True'),
      }),
      'it is tainted as not ready',
    ],
    [
      'an HPA without metrics',
      object('HorizontalPodAutoscaler', {
        status: condition('ScalingActive', 'False', { reason: 'FailedGetResourceMetric' }),
      }),
      'FailedGetResourceMetric',
    ],
  ])('%s', (_, value, message) => {
    expect(readinessOf(value)).toEqual({ state: 'waiting', message })
  })
})

describe('an object has failed', () => {
  test.each([
    [
      'a deployment that made no progress',
      object('Deployment', {
        status: {
          observedGeneration: 1,
          ...condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message: 'too slow' }),
        },
      }),
      'too slow',
    ],
    [
      'a job',
      object('Job', { status: condition('Failed', 'True', { message: 'BackoffLimitExceeded' }) }),
      'BackoffLimitExceeded',
    ],
    [
      'a pod that crashes',
      object('Pod', {
        status: {
          phase: 'Running',
          containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }],
        },
      }),
      'a container crashes again and again',
    ],
  ])('%s', (_, value, message) => {
    expect(readinessOf(value)).toEqual({ state: 'failed', message })
  })
})
