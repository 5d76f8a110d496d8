import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import k8s from '#modules/k8s.ts'
import k8sDrain from '#modules/k8s-drain.ts'
import { deployment, startTestApi, type TestApi } from '../support/kube-api.ts'
import { sleepingController } from '../support/memory-bench.ts'
import { type ModuleBench, openModuleBench } from '../support/module.ts'

let bench: ModuleBench
let api: TestApi
const clock = sleepingController()
const at = () => ({ kubeconfig: join(bench.folder, 'admin.conf') })

beforeEach(async () => {
  bench = openModuleBench()
  api = await startTestApi()
  writeFileSync(at().kubeconfig, api.kubeconfig, { mode: 0o600 })
  await bench.converge(k8s, { ...at(), definition: deployment('web', 2) }, { controller: clock })
})
afterEach(async () => {
  await api.close()
  await bench.close()
})

const converge = (args: object) =>
  bench.converge(k8sDrain, { ...at(), name: 'w1', ...args }, { controller: clock })
const run = (args: object) => bench.run(k8sDrain, { ...at(), name: 'w1', ...args }, { controller: clock })
const node = async () => (await api.ask('GET', '/api/v1/nodes/w1')).body
const podsOn = async (name: string) => {
  const { body } = await api.ask('GET', `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`)
  return body.items.map((pod: { metadata: { labels: { app: string } } }) => pod.metadata.labels.app)
}

describe('k8s_drain', () => {
  test('cordons a node and moves its pods, and brings back what it cordoned', async () => {
    const { changes } = await converge({})
    expect(changes.map(({ field }) => field)).toEqual([
      'schedulable',
      expect.stringMatching(/^Pod default\/web-/),
    ])
    expect(await podsOn('w1')).toEqual([])
    expect(await podsOn('w2')).toEqual(['web', 'web'])
    await converge({ state: 'uncordon' })
    expect((await node()).spec.unschedulable).toBeUndefined()
  })

  test('leaves a node out of service that somebody else took out', async () => {
    await api.ask(
      'PATCH',
      '/api/v1/nodes/w1',
      { spec: { unschedulable: true } },
      { type: 'application/merge-patch+json' },
    )
    await converge({})
    expect((await converge({ state: 'uncordon' })).changes).toEqual([])
    expect((await node()).spec.unschedulable).toBe(true)
    expect((await converge({ state: 'uncordon', only_ours: false })).changes).toHaveLength(1)
  })

  test('waits for a disruption budget, and says which pods it keeps', async () => {
    await api.apply({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace: 'default' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
    })
    await expect(run({ timeout: 10 })).rejects.toThrow(
      /not drained after 10 s: a disruption budget keeps Pod default\/web-.* It stays cordoned/,
    )
    expect((await node()).spec.unschedulable).toBe(true)
    await run({ disable_eviction: true })
    expect(await podsOn('w1')).toEqual([])
  })

  test('stops before harm at pods that would be lost', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone', namespace: 'default' },
      spec: {
        nodeName: 'w1',
        containers: [{ name: 'a', image: 'b' }],
        volumes: [{ name: 'd', emptyDir: {} }],
      },
    }
    await api.apply(pod)
    await expect(run({})).rejects.toThrow('Pod default/alone has no owner that would make it anew (force)')
    await expect(run({ force: true })).rejects.toThrow('keeps data in an emptyDir (delete_emptydir_data)')
    expect((await node()).spec.unschedulable).toBeUndefined()
    await converge({ force: true, delete_emptydir_data: true })
  })

  test('cordons alone, and refuses a node that is not there', async () => {
    await converge({ state: 'cordon' })
    expect(await podsOn('w1')).toEqual(['web'])
    await expect(run({ name: 'w9' })).rejects.toThrow('The cluster has no node w9.')
  })
})
