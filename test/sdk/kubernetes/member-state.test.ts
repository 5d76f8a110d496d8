import { createHash, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { issueCertificate } from '#doubles/pki/x509.ts'
import { publicKeyHash } from '#sdk/kubernetes/member-state.ts'

test("the hash of an authority is the one of its public key, as openssl's pipeline gives it", async () => {
  const { cert } = issueCertificate({
    commonName: 'kubernetes',
    isAuthority: true,
    notBefore: new Date(),
    notAfter: new Date(Date.now() + 1e10),
  })
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  expect(await publicKeyHash(cert)).toBe(`sha256:${createHash('sha256').update(key).digest('hex')}`)
  expect(await publicKeyHash('')).toBe('')
})
