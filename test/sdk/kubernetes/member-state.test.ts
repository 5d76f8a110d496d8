import { createHash, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { issueCertificate } from '#doubles/pki/x509.ts'
import type { NodeFiles } from '#sdk/kubernetes/cluster-node.ts'
import { memberState, publicKeyHash } from '#sdk/kubernetes/member-state.ts'

const authority = issueCertificate({
  commonName: 'kubernetes',
  isAuthority: true,
  notBefore: new Date(),
  notAfter: new Date(Date.now() + 1e10),
}).cert

test("the hash of an authority is the one of its public key, as openssl's pipeline gives it", async () => {
  const key = new X509Certificate(authority).publicKey.export({ type: 'spki', format: 'der' })
  expect(await publicKeyHash(authority)).toBe(`sha256:${createHash('sha256').update(key).digest('hex')}`)
  expect(await publicKeyHash('')).toBe('')
})

const remains: NodeFiles = {
  hasAdminConf: false,
  hasKubeletConf: false,
  hasJoinRemains: true,
  manifests: 0,
  kubeletRuns: true,
  kubeadm: 'v1.28.15',
  kubelet: 'v1.28.15',
  machineId: 'm',
  hostName: 'w1',
  authority,
  serverVersion: '',
}

test.each([
  ['of this cluster', remains, 'partial'],
  ['without an authority', { ...remains, authority: '' }, 'partial'],
  ['of nothing', { ...remains, hasJoinRemains: false, authority: '' }, 'absent'],
  ['beside static pods', { ...remains, manifests: 2 }, 'absent'],
] as const)('what is left of a join %s is told without asking the cluster', async (_, files, status) => {
  const asked = () => Promise.reject(new Error('nobody is asked'))
  const hash = await publicKeyHash(authority)
  expect(await memberState(asked, files, { name: 'w1', hash })).toMatchObject({ status })
})

test('what is left of a join to another cluster belongs to that cluster', async () => {
  const asked = () => Promise.reject(new Error('nobody is asked'))
  const hash = `sha256:${'0'.repeat(64)}`
  expect(await memberState(asked, remains, { name: 'w1', hash })).toMatchObject({ status: 'foreign' })
})
