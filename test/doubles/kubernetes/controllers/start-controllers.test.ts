import { expect, test, vi } from 'vitest'
import { Cluster } from '#doubles/kubernetes/cluster.ts'
import { save } from '#doubles/kubernetes/controllers/controller.ts'
import { startControllers } from '#doubles/kubernetes/controllers/start-controllers.ts'
import { issueCertificate } from '#doubles/pki/x509.ts'

const authority = issueCertificate({
  commonName: 'kubernetes',
  isAuthority: true,
  notBefore: new Date(Date.now() - 60_000),
  notAfter: new Date(Date.now() + 86_400_000),
})
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'made' } }

test('a controller that fails says so, looks again, and keeps no other from its work', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const cluster = new Cluster()
  let failures = 1
  const running = startControllers(cluster, authority, [
    () => {
      if (failures > 0) {
        failures -= 1
        throw new Error('cannot cope')
      }
    },
    (context) => save(context, namespace),
  ])
  await expect.poll(() => cluster.get('Namespace', '', 'made')).toBeDefined()
  expect(said.mock.calls.flat().join('')).toContain('cannot cope')
  running.stop()
  said.mockRestore()
})

test('controllers that never agree leave the server alive', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const cluster = new Cluster()
  let count = 0
  const running = startControllers(cluster, authority, [
    (context) => {
      count += 1
      save(context, { ...namespace, metadata: { name: 'made', labels: { count: String(count) } } })
    },
  ])
  await expect.poll(() => said.mock.calls.flat().join('')).toContain('do not come to rest')
  running.stop()
  said.mockRestore()
})
