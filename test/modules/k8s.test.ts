import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Unknown } from '#model/unknown.ts'
import k8s from '#modules/k8s.ts'
import { deployment, startTestApi, type TestApi } from '../support/kube-api.ts'
import { sleepingController } from '../support/memory-bench.ts'
import { openModuleBench } from '../support/module.ts'

const bench = openModuleBench()
const kubeconfig = join(bench.folder, 'admin.conf')
const clock = sleepingController()
let api: TestApi

beforeAll(async () => {
  api = await startTestApi()
  writeFileSync(kubeconfig, api.kubeconfig, { mode: 0o600 })
})
afterAll(async () => {
  await api.close()
  await bench.close()
})
beforeEach(() => bench.session.store.forget([{ kind: 'everything' }]))

const converge = (args: object) => bench.converge(k8s, { kubeconfig, ...args }, { controller: clock })
const run = (args: object, mode: 'apply' | 'check' = 'apply') =>
  bench.run(k8s, { kubeconfig, ...args }, { mode, controller: clock })
const namespaceOf = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const configMap = (name: string, data: Record<string, string>, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
const dataOf = async (name: string) =>
  (await api.ask('GET', `/api/v1/namespaces/default/configmaps/${name}`)).body.data

describe('k8s', () => {
  test('makes objects in the order they need, waits for them, and is silent the second time', async () => {
    const { changes, result } = await converge({
      definition: [
        { ...deployment('site', 3), metadata: { name: 'site', namespace: 'shop' } },
        namespaceOf('shop'),
      ],
    })
    expect(changes).toMatchObject([
      { field: 'Deployment shop/site', before: 'absent', after: 'present (not checked by the server)' },
      { field: 'Namespace shop', before: 'absent', after: 'present' },
    ])
    expect(result.changed).toBe(true)
    expect(
      (await api.ask('GET', '/apis/apps/v1/namespaces/shop/deployments/site')).body.status.availableReplicas,
    ).toBe(3)
  })

  test('reads YAML text with several documents, and takes lists apart', async () => {
    const text = `---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- ${JSON.stringify(configMap('a', { x: '1' }))}\n---\n${JSON.stringify(configMap('b', { x: 'yes' }))}\n`
    const { changes } = await converge({ definition: text.replace('kind: List', 'kind: ConfigMapList') })
    expect(changes.map(({ field }) => field)).toEqual(['ConfigMap default/a', 'ConfigMap default/b'])
    expect(await dataOf('b')).toEqual({ x: 'yes' })
  })

  test('shows which fields differ, with a diff, and changes nothing in check mode', async () => {
    await converge({ definition: configMap('c', { x: '1', y: '2' }) })
    const { changes } = await run({ definition: configMap('c', { x: '1', y: '3' }) }, 'check')
    expect(changes).toMatchObject([{ field: 'ConfigMap default/c', before: 'drifted', after: '.data.y' }])
    expect(changes[0]?.diff?.before).toContain('"y": "2"')
    expect(changes[0]?.diff?.after).toContain('"y": "3"')
    expect(await dataOf('c')).toEqual({ x: '1', y: '2' })
  })

  test('never shows the values of a Secret', async () => {
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
      stringData: { password: value, user: 'u' },
    })
    await converge({ definition: secret('hunter2') })
    const { changes } = await run({ definition: secret('hunter3') }, 'check')
    expect(changes[0]?.diff?.after).toContain('"password": "(the new value)"')
    expect(changes[0]?.diff?.after).toContain('"user": "(the same value)"')
    const text = JSON.stringify(changes)
    for (const value of ['hunter2', 'hunter3']) {
      expect(text).not.toContain(value)
      expect(text).not.toContain(Buffer.from(value).toString('base64'))
    }
  })

  test('takes back what people changed by hand, and fails for what a controller owns', async () => {
    await converge({ definition: configMap('d', { x: '1' }) })
    const path = '/api/v1/namespaces/default/configmaps/d'
    const merge = { type: 'application/merge-patch+json' }
    await api.ask('PATCH', `${path}?fieldManager=kubectl-edit`, { data: { x: 'by hand' } }, merge)
    const { changes } = await converge({ definition: configMap('d', { x: '1' }) })
    expect(changes).toMatchObject([{ field: 'ConfigMap default/d', after: '.data.x' }])
    expect(await dataOf('d')).toEqual({ x: '1' })

    await api.ask('PATCH', `${path}?fieldManager=autoscaler`, { data: { x: '9' } }, merge)
    bench.session.store.forget([{ kind: 'everything' }])
    await expect(run({ definition: configMap('d', { x: '1' }) })).rejects.toThrow(
      /autoscaler owns what this task sets/,
    )
    await converge({ definition: configMap('d', { x: '1' }), force: true })
  })

  test('puts objects without a namespace into the one of the task, and those of no namespace into none', async () => {
    const { changes } = await converge({
      namespace: 'placed',
      definition: [namespaceOf('placed'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p' } }],
    })
    expect(changes.map(({ field }) => field)).toEqual(['Namespace placed', 'ConfigMap placed/p'])
  })

  test('mends a deployment that somebody deleted', async () => {
    await converge({ definition: deployment('lost') })
    await api.ask('DELETE', '/apis/apps/v1/namespaces/default/deployments/lost')
    expect((await converge({ definition: deployment('lost') })).changes).toMatchObject([
      { before: 'absent', after: 'present' },
    ])
  })

  test('waits until a definition is served and a webhook answers', async () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'pools.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'pools', kind: 'Pool' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    }
    await api.ask('POST', '/double/faults', {
      method: 'PATCH',
      path: 'pools/p$',
      code: 500,
      message: 'Internal error occurred: failed calling webhook "x": connection refused',
      times: 3,
    })
    const pool = { apiVersion: 'example.com/v1', kind: 'Pool', metadata: { name: 'p' }, spec: { size: 1 } }
    const { changes } = await converge({ definition: [pool, crd] })
    expect(changes).toHaveLength(2)
    expect((await api.ask('GET', '/apis/example.com/v1/pools/p')).body.spec).toEqual({ size: 1 })
  })

  test('deletes what a set no longer has, and nothing that is not of it', async () => {
    await converge({
      set: 'app',
      definition: [configMap('keep', { x: '1' }), configMap('drop', { x: '1' }), namespaceOf('stays')],
    })
    await converge({ set: 'other', definition: configMap('foreign', { x: '1' }) })
    const { changes, result } = await run({ set: 'app', definition: configMap('keep', { x: '1' }) })
    expect(changes.map(({ field, after }) => [field, after])).toContainEqual([
      'ConfigMap default/drop',
      'absent',
    ])
    expect(result.warnings).toEqual(['Namespace stays is deleted only with prune_dangerous'])
    expect(await dataOf('drop')).toBeUndefined()
    expect(await dataOf('foreign')).toEqual({ x: '1' })
  })

  test('patches a manifest before it is applied', async () => {
    const patches = [
      {
        kind: 'Deployment',
        name: 'patched',
        merge: {
          spec: {
            replicas: null,
            template: { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: '1' }] }] } },
          },
        },
      },
      {
        kind: 'Deployment',
        name: 'patched',
        append: { '/spec/template/spec/containers/0/args': ['--flag'] },
      },
    ]
    await converge({ definition: deployment('patched', 4), patches })
    const { body } = await api.ask('GET', '/apis/apps/v1/namespaces/default/deployments/patched')
    expect(body.spec.replicas).toBe(1)
    expect(body.spec.template.spec.containers[0]).toMatchObject({
      image: 'nginx:1.27',
      args: ['--flag'],
      env: [{ name: 'A', value: '1' }],
    })
    await expect(run({ definition: deployment('x'), patches })).rejects.toThrow(
      'A patch is for Deployment patched, which is not among the objects.',
    )
  })

  test('applies jobs once: when their result is there they are left alone', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'create', namespace: 'default' },
      spec: {
        ttlSecondsAfterFinished: 0,
        template: {
          spec: {
            containers: [
              {
                name: 'create',
                image: 'example/kube-webhook-certgen:v1',
                args: ['create', '--host=x', '--secret-name=admission'],
              },
            ],
          },
        },
      },
    }
    const args = {
      set: 'once',
      definition: job,
      jobs_unless: [{ kind: 'Secret', name: 'admission', namespace: 'default' }],
    }
    const { changes } = await converge(args)
    expect(changes).toHaveLength(2)
    expect((await api.ask('GET', '/apis/batch/v1/namespaces/default/jobs/create')).code).toBe(404)
  })

  test('deletes, and is silent when nothing is there', async () => {
    await converge({ definition: [namespaceOf('gone'), configMap('in', {}, 'gone')] })
    const { changes } = await converge({
      state: 'absent',
      definition: [namespaceOf('gone'), configMap('in', {}, 'gone')],
    })
    expect(changes).toHaveLength(2)
    expect((await api.ask('GET', '/api/v1/namespaces/gone')).code).toBe(404)
  })

  test('refuses a manifest with another checksum before anything is applied', async () => {
    const text = JSON.stringify(configMap('pinned', { x: '1' }))
    writeFileSync(join(bench.folder, 'm.yaml'), text)
    const checksum = createHash('sha256').update(text).digest('hex')
    await expect(
      run({ src: join(bench.folder, 'm.yaml'), remote_src: true, checksum: '0'.repeat(64) }),
    ).rejects.toThrow(/is not the file that was pinned[\s\S]*Nothing was applied/)
    expect(await dataOf('pinned')).toBeUndefined()
    await converge({ src: join(bench.folder, 'm.yaml'), checksum: `sha256:${checksum}` })
    expect(await dataOf('pinned')).toEqual({ x: '1' })
  })

  test('says that what it refuses is not applied', async () => {
    await expect(
      run({ definition: { ...deployment('bad'), spec: { selector: { matchLabels: { a: 'b' } } } } }),
    ).rejects.toThrow(/The cluster refuses Deployment default\/bad/)
    await expect(run({ definition: { kind: 'X' } })).rejects.toThrow(
      'Object 1 has no apiVersion, kind or metadata.name.',
    )
    await expect(run({ definition: 'a: [' })).rejects.toThrow(/The definition is no YAML/)
  })

  test('fails with the reason when objects do not become ready in time', async () => {
    const unready = { ...deployment('stuck', 1), spec: { ...Object(deployment('stuck', 1)['spec']) } }
    unready.spec.template = {
      ...unready.spec.template,
      spec: { ...unready.spec.template.spec, nodeSelector: { nowhere: 'yes' } },
    }
    await expect(run({ definition: unready, wait_timeout: 3 })).rejects.toThrow(
      /Not ready within 3 s: Deployment default\/stuck: 0 of 1 replicas are available/,
    )
    // It is there now: what is left to do is to wait, which is no change.
    const { changes } = await run({ definition: unready }, 'check')
    expect(changes).toMatchObject([{ field: 'ready' }])
    await run({ definition: unready, wait: false })
  })

  test('without a cluster a plan is unknown, and a run says what is missing', async () => {
    const args = { definition: namespaceOf('x'), kubeconfig: join(bench.folder, 'none.conf') }
    const { changes } = await run(args, 'check')
    expect(changes[0]?.after).toBeInstanceOf(Unknown)
    await expect(run(args)).rejects.toThrow(/none.conf: there is no control plane on it yet/)
    writeFileSync(join(bench.folder, 'dead.conf'), api.kubeconfig.replace(/127.0.0.1:\d+/, '127.0.0.1:1'))
    await expect(run({ ...args, kubeconfig: join(bench.folder, 'dead.conf') })).rejects.toThrow(
      /The API server does not answer/,
    )
    rmSync(join(bench.folder, 'dead.conf'))
  })

  test('leaves no key behind on the host', async () => {
    const { stdout } = await bench.session.asActor((actor) =>
      bench.session
        .reader(actor, { as: undefined })
        .read(['sh', '-c', 'ls -d /run/tsplay-kube.* /tmp/tsplay-kube.* 2>/dev/null; true']),
    )
    expect(stdout).toBe('')
  })
})
