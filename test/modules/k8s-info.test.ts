import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import k8sInfo from '#modules/k8s-info.ts'
import { startTestApi, type TestApi } from '../support/kube-api.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const kubeconfig = join(bench.folder, 'admin.conf')
let api: TestApi

beforeAll(async () => {
  api = await startTestApi()
  writeFileSync(kubeconfig, api.kubeconfig, { mode: 0o600 })
  await api.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'default', labels: { a: 'b' } },
    stringData: { password: 'hunter2' },
  })
})
afterAll(async () => {
  await api.close()
  await bench.close()
})

const ask = async (args: object) => (await bench.converge(k8sInfo, { kubeconfig, ...args })).result.data

describe('k8s_info', () => {
  test('gives objects and whether they are ready', async () => {
    const data = await ask({ kind: 'Node' })
    expect(data).toMatchObject({ all_ready: true, api_found: true, reachable: true })
    expect(data?.['summary']).toEqual(
      ['cp01', 'w1', 'w2'].map((name) => ({ name, ready: true, message: 'ready' })),
    )
  })

  test('selects by name, label and namespace', async () => {
    expect(await ask({ kind: 'Node', name: 'w1' })).toMatchObject({
      resources: [{ kind: 'Node', metadata: { name: 'w1' } }],
    })
    expect((await ask({ kind: 'Secret', label_selectors: ['a=b'] }))?.['resources']).toHaveLength(1)
    expect(
      (await ask({ kind: 'Secret', namespace: 'kube-system', label_selectors: ['a=b'] }))?.['resources'],
    ).toEqual([])
  })

  test('takes nothing for ready that is asked for by name and is not there', async () => {
    expect(await ask({ kind: 'Node', name: 'w9' })).toMatchObject({ all_ready: false, resources: [] })
    expect(await ask({ kind: 'ConfigMap', namespace: 'empty' })).toMatchObject({
      all_ready: true,
      resources: [],
    })
  })

  test('keeps the values of Secrets to itself, unless asked', async () => {
    expect(JSON.stringify(await ask({ kind: 'Secret', name: 's' }))).not.toContain(btoa('hunter2'))
    expect(JSON.stringify(await ask({ kind: 'Secret', name: 's', secret_values: true }))).toContain(
      btoa('hunter2'),
    )
  })

  test('answers for kinds that are not served, and clusters that are not there', async () => {
    expect(await ask({ kind: 'Widget', api_version: 'example.com/v1' })).toMatchObject({
      api_found: false,
      all_ready: false,
      resources: [],
    })
    expect(await ask({ kind: 'Node', kubeconfig: '/nonexistent/admin.conf' })).toMatchObject({
      reachable: false,
      all_ready: false,
    })
  })
})
