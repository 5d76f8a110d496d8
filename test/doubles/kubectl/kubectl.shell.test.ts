import { describe, expect, test } from 'vitest'
import { kubectlBench } from '../../support/kubectl-bench.ts'

// Texts and exit codes are those of kubectl 1.28.15 at the same API server; the lab's test compares more of them with Debian's.

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})

describe('the double of kubectl reads', () => {
  test('tables, in the columns of a kind', async () => {
    const { ok } = await kubectlBench()
    expect((await ok('get nodes')).replaceAll(/\d+s +/g, 'AGE ')).toBe(
      `NAME   STATUS   ROLES           AGE   VERSION
cp01   Ready    control-plane   AGE v1.28.15
w1     Ready    <none>          AGE v1.28.15
w2     Ready    <none>          AGE v1.28.15
`,
    )
    expect(await ok('get deploy,ns --no-headers')).toMatch(/^deployment\.apps\/web +\d\/2 /m)
    expect(await ok('get pods -A -o wide')).toMatch(
      /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +IP +NODE/,
    )
  })

  test.each([
    ['get nodes -o name', 'node/cp01\nnode/w1\nnode/w2\n'],
    ['get nodes -l kubernetes.io/hostname=w2 -o name', 'node/w2\n'],
    ['get nodes -o jsonpath={.items[*].metadata.name}', 'cp01 w1 w2'],
    ['get deploy -o custom-columns=N:.metadata.name,R:.spec.replicas', 'N     R\nweb   2\n'],
    ['get --raw /healthz', 'ok'],
    ['config current-context', 'kubernetes-admin@kubernetes\n'],
    [
      'api-resources --api-group=policy --no-headers',
      'poddisruptionbudgets   pdb   policy/v1   true   PodDisruptionBudget\n',
    ],
    ['get pods nope --ignore-not-found', ''],
  ])('%s', async (line, stdout) => {
    expect(await (await kubectlBench()).run(line)).toEqual({ exit: 0, stdout, stderr: '' })
  })

  test.each([
    ['get pods nope', 'Error from server (NotFound): pods "nope" not found\n'],
    ['get nothing', `error: the server doesn't have a resource type "nothing"\n`],
    ['get pods --foo', "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n"],
    ['apply -f /nope.yaml', 'error: the path "/nope.yaml" does not exist\n'],
    ['wait --for=condition=Ready pod -l app=none', 'error: no matching resources found\n'],
    ['rollout status deploy/nope', 'Error from server (NotFound): deployments.apps "nope" not found\n'],
    [
      '--context nope get nodes',
      'Error in configuration: context was not found for specified context: nope\n',
    ],
  ])('%s, which fails', async (line, stderr) => {
    expect(await (await kubectlBench()).run(line)).toEqual({ exit: 1, stdout: '', stderr })
  })

  test('its version, and that of the server', async () => {
    const { ok } = await kubectlBench()
    const { clientVersion, serverVersion } = JSON.parse(await ok('version -o json'))
    expect([clientVersion.gitVersion, serverVersion.gitVersion]).toEqual(['v1.28.15', 'v1.28.15'])
    expect(JSON.parse(await ok('version --client -o json')).serverVersion).toBeUndefined()
  })

  test('objects as sorted JSON and YAML, without their managed fields', async () => {
    const { ok } = await kubectlBench()
    expect(await ok('get ns default -o yaml')).toMatch(
      /^apiVersion: v1\nkind: Namespace\nmetadata:\n {2}creationTimestamp: "\d{4}.*"\n[\s\S]*spec:\n {2}finalizers:\n {2}- kubernetes\nstatus:\n {2}phase: Active\n$/,
    )
    expect(await ok('get ns default -o json')).toContain('\n    "kind": "Namespace",\n    "metadata": {\n')
    expect(await ok('get ns default -o json --show-managed-fields')).toContain('"managedFields"')
  })

  test('nobody where nobody listens', async () => {
    const { run } = await kubectlBench()
    expect((await run('-s https://127.0.0.1:1 get nodes')).stderr).toBe(
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
    )
  })
})

describe('the double of kubectl writes', () => {
  test('what is applied, and says whether it was there', async () => {
    const { ok, manifest } = await kubectlBench()
    const file = await manifest('cm.json', configMap('one', { a: '1', b: '2' }), configMap('two', { a: '1' }))
    expect(await ok(`apply -f ${file}`)).toBe('configmap/one created\nconfigmap/two created\n')
    expect(await ok(`apply -f ${file}`)).toBe('configmap/one unchanged\nconfigmap/two unchanged\n')
    // A field that was applied once and is wanted no more goes.
    const other = await manifest('other.json', configMap('one', { a: '2' }))
    expect(await ok(`apply -f ${other} --dry-run=server`)).toBe('configmap/one configured (server dry run)\n')
    expect(await ok(`apply -f ${other}`)).toBe('configmap/one configured\n')
    expect(await ok('get cm one -o jsonpath={.data}')).toBe('{"a":"2"}')
  })

  test('nothing to a field of another manager, unless it is forced', async () => {
    const { run, ok, manifest } = await kubectlBench()
    const apply = (file: string, more = '') => `apply --server-side --field-manager=mine ${more}-f ${file}`
    await ok(`apply --server-side -f ${await manifest('a.json', configMap('one', { a: '1' }))}`)
    const file = await manifest('b.json', configMap('one', { a: '2' }))
    expect(await run(apply(file))).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining(
        'Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.a\n',
      ),
    })
    expect(await ok(apply(file, '--force-conflicts '))).toBe('configmap/one serverside-applied\n')
  })

  test('labels, annotations and patches', async () => {
    const { ok, run } = await kubectlBench()
    expect(await ok('label node w1 a=b')).toBe('node/w1 labeled\n')
    expect(await run('label node w1 a=c')).toMatchObject({
      exit: 1,
      stderr: "error: 'a' already has a value (b), and --overwrite is false\n",
    })
    expect(await ok('label node w1 a-')).toBe('node/w1 unlabeled\n')
    expect(await ok('annotate node w1 x/y=z')).toBe('node/w1 annotated\n')
    const patch = ['patch', 'node', 'w1', '--type=merge', '-p', '{"metadata":{"labels":{"q":"1"}}}']
    expect([await ok(patch), await ok(patch)]).toEqual(['node/w1 patched\n', 'node/w1 patched (no change)\n'])
  })

  test('what is deleted is gone when it ends', async () => {
    const { ok, run, manifest } = await kubectlBench()
    const file = await manifest('cm.json', configMap('one', { a: '1' }))
    await ok(`create -f ${file}`)
    expect(await run(`create -f ${file}`)).toMatchObject({
      exit: 1,
      stderr: `Error from server (AlreadyExists): error when creating "${file}": configmaps "one" already exists\n`,
    })
    expect(await ok(`delete -f ${file}`)).toBe('configmap "one" deleted\n')
    expect((await run('get cm one')).exit).toBe(1)
  })
})

describe('the double of kubectl looks after nodes', () => {
  test('drains one, whose pods come up on another', async () => {
    const { ok, run } = await kubectlBench()
    await ok('wait --for=condition=Available deploy/web')
    const on = async (node: string) =>
      (await ok(`get pods -o name --field-selector=spec.nodeName=${node}`)).split('\n').length - 1
    expect(await on('w1')).toBe(1)
    expect(await ok('drain w1')).toMatch(
      /^node\/w1 cordoned\nevicting pod default\/web-\S+\npod\/web-\S+ evicted\nnode\/w1 drained\n$/,
    )
    expect(await on('w1')).toBe(0)
    expect(await ok('rollout status deploy/web')).toContain('deployment "web" successfully rolled out\n')
    expect(await on('w2')).toBe(2)
    expect(await ok('uncordon w1')).toBe('node/w1 uncordoned\n')
    expect(await ok('uncordon w1')).toBe('node/w1 already uncordoned\n')
    expect((await run('cordon nope')).stderr).toBe('Error from server (NotFound): nodes "nope" not found\n')
  })

  test('keeps a pod that nothing would make anew', async () => {
    const { ok, run, manifest } = await kubectlBench()
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bare', namespace: 'default' },
      spec: { nodeName: 'w1', containers: [{ name: 'c', image: 'x' }] },
    }
    await ok(`apply -f ${await manifest('pod.json', pod)}`)
    const { exit, stderr } = await run('drain w1')
    expect(exit).toBe(1)
    expect(
      stderr,
    ).toBe(`error: unable to drain node "w1" due to error:cannot delete Pods declare no controller (use --force to override): default/bare, continuing command...
There are pending nodes to be drained:
 w1
cannot delete Pods declare no controller (use --force to override): default/bare
`)
    expect((await run('drain w1 --force')).exit).toBe(0)
  })

  test('waits no longer than it is told', async () => {
    const { run } = await kubectlBench()
    expect(await run('wait --for=condition=Nope deploy/web --timeout=0s')).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'error: timed out waiting for the condition on deployments/web\n',
    })
  })
})
