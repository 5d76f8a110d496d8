import { describe, expect, test } from 'vitest'
import kubeadm from '#modules/kubeadm.ts'
import { openMemoryBench } from '../support/memory-bench.ts'

interface Host {
  files: {
    admin: boolean
    kubelet: boolean
    remains?: boolean
    manifests: number
    kubeadm: string
    unit?: string
  }
  answers: readonly (readonly [code: number, body: unknown])[] | 'none'
  readonly ran: string[]
}

const version = 'v1.28.15'
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'cp01', labels: { 'node-role.kubernetes.io/control-plane': '' } },
}
const config = {
  data: { ClusterConfiguration: `kind: ClusterConfiguration\nkubernetesVersion: ${version}\n` },
}
const working = [
  [200, 'ok'],
  [200, config],
  [200, node],
] as const

function hostWith(host: Partial<Host>): Host {
  return {
    files: { admin: false, kubelet: false, manifests: 0, kubeadm: version },
    answers: 'none',
    ran: [],
    ...host,
  }
}

const noToken =
  'error execution phase preflight: could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"\n'

const bench = (host: Host) =>
  openMemoryBench(({ script }) => {
    if (script.includes('tsplay-kube')) return { stdout: answered(host), stderr: '', rc: 0 }
    if (script.includes('/etc/machine-id')) return { stdout: facts(host), stderr: '', rc: 0 }
    host.ran.push(script)
    if (script.includes('kubeadm join')) return { stdout: '', stderr: noToken, rc: 1 }
    if (script.includes('kubeadm init'))
      Object.assign(host, {
        files: { ...host.files, admin: true, kubelet: true, manifests: 4 },
        answers: working,
      })
    return { stdout: '', stderr: '', rc: 0 }
  })

const facts = ({ files }: Host): string =>
  [
    files.admin ? 'yes' : 'no',
    files.kubelet ? 'yes' : 'no',
    files.remains ? 'yes' : 'no',
    files.manifests,
    files.unit ?? 'active',
    files.kubeadm,
    files.kubeadm,
    'm1',
    'cp01',
    files.manifests === 4 ? version : '',
    '',
  ].join('\n')

function answered({ answers, files }: Host): string {
  if (!files.admin && !files.kubelet) return 'tsplay-kube no-kubeconfig\n'
  if (answers === 'none') return '\ntsplay-kube 000\n\ntsplay-kube failed\ncurl: (7) refused\n'
  return answers.map(([code, body]) => `${JSON.stringify(body)}\ntsplay-kube ${code}\n`).join('')
}

describe('kubeadm', () => {
  test('sets a control plane up where there is none, and waits until it works', async () => {
    const host = hostWith({})
    const { changes, result, unsettled } = await bench(host).run(kubeadm, { state: 'init', version })
    expect(changes.map(({ field }) => field)).toEqual(['cluster'])
    expect(host.ran).toEqual([
      expect.stringContaining('kubeadm init --config /etc/kubernetes/tsplay/kubeadm-config.yaml'),
    ])
    expect(unsettled).toEqual([])
    expect(result.data).toMatchObject({ status: 'current', cluster_version: version })
  })

  test('leaves one alone that works', async () => {
    const host = hostWith({
      files: { admin: true, kubelet: true, manifests: 4, kubeadm: version },
      answers: working,
    })
    expect((await bench(host).run(kubeadm, { state: 'init', version })).changes).toEqual([])
    expect(host.ran).toEqual([])
  })

  test('starts kubelet where the API server is down, and sets nothing up again', async () => {
    const host = hostWith({ files: { admin: true, kubelet: true, manifests: 4, kubeadm: version } })
    const run = bench(host).run(kubeadm, { state: 'init', version })
    await expect(run).rejects.toThrow(/lacks an API server that answers .* after 240 s/)
    expect(host.ran).toEqual([expect.stringContaining('systemctl restart kubelet')])
  })

  test.each(['inactive', 'failed'])(
    'starts a kubelet that is %s, while the API still answers',
    async (unit) => {
      const plane = hostWith({
        files: { admin: true, kubelet: true, manifests: 4, kubeadm: version, unit },
        answers: working,
      })
      const started = [{ field: 'kubelet', before: 'down', after: 'running' }]
      expect((await bench(plane).run(kubeadm, { state: 'init', version }, 'check')).changes).toEqual(started)
      const member = hostWith({
        files: { admin: false, kubelet: true, manifests: 0, kubeadm: version, unit },
        answers: [[200, node]],
      })
      expect((await bench(member).run(kubeadm, { state: 'join' }, 'check')).changes).toEqual(started)
      const { result } = await bench(member).run(kubeadm, { state: 'probe' })
      expect(result.data).toMatchObject({ status: 'down', missing: ['kubelet, which does not run'] })
    },
  )

  test('refuses one that is half set up before anything is done', async () => {
    const host = hostWith({ files: { admin: true, kubelet: true, manifests: 2, kubeadm: version } })
    await expect(bench(host).run(kubeadm, { state: 'init', version })).rejects.toThrow(
      /it lacks 2 of the 4 static pods/,
    )
    expect(host.ran).toEqual([])
  })

  test('joins, and knows a member of another cluster', async () => {
    const args = { state: 'join', ca_hash: `sha256:${'0'.repeat(64)}` }
    const fresh = await bench(hostWith({})).run(kubeadm, args, 'check')
    expect(fresh.changes).toMatchObject([{ field: 'member', after: 'joined' }])
    const other = hostWith({
      files: { admin: false, kubelet: true, manifests: 0, kubeadm: version },
      answers: [[200, node]],
    })
    await expect(bench(other).run(kubeadm, args)).rejects.toThrow(/belongs to another cluster/)
  })

  test('begins a join anew that broke off, and resets no control plane for it', async () => {
    const remains = { admin: false, kubelet: false, remains: true, manifests: 0, kubeadm: version }
    const fieldsOf = async (files: Host['files']) => {
      const { changes } = await bench(hostWith({ files })).run(kubeadm, { state: 'join' }, 'check')
      return changes.map(({ field }) => field)
    }
    expect(await fieldsOf(remains)).toEqual(['node', 'member'])
    expect(await fieldsOf({ ...remains, manifests: 1 })).toEqual(['member'])
    expect(await fieldsOf({ ...remains, admin: true })).toEqual(['member'])
  })

  test('says what to do when the token to join with has expired', async () => {
    const args = { state: 'join', ca_hash: `sha256:${'0'.repeat(64)}` }
    await expect(bench(hostWith({})).run(kubeadm, args)).rejects.toMatchObject({
      message: 'The token to join with has expired or was deleted; nothing was set up.',
      details: { remedy: expect.stringContaining('kubeadm token create'), stderr: noToken },
    })
  })

  test('plans for a host that has no kubeadm yet without failing', async () => {
    const bare = hostWith({ files: { admin: false, kubelet: false, manifests: 0, kubeadm: '' } })
    const { changes } = await bench(bare).run(kubeadm, { state: 'init', version }, 'check')
    expect(changes).toMatchObject([{ field: 'cluster', before: 'absent' }])
    await expect(bench(bare).run(kubeadm, { state: 'init', version })).rejects.toThrow(/no kubeadm/)
  })

  test('says what there is when it only looks', async () => {
    const { result } = await bench(hostWith({})).run(kubeadm, { state: 'probe' })
    expect(result.data).toMatchObject({ status: 'absent', kubeadm_version: version })
  })
})
