import { expect, test } from 'vitest'
import { renewalTime } from '#doubles/kubernetes/controllers/cert-manager/renewal-time.ts'

const chain = {
  validFromDate: new Date('2026-01-01T00:00:00Z'),
  validToDate: new Date('2026-04-01T00:00:00Z'),
}
const certificate = (spec: object) => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name: 'page' },
  spec,
})

test.each([
  [{}, '2026-03-02T00:00:00.000Z'],
  [{ renewBefore: '360h' }, '2026-03-17T00:00:00.000Z'],
  [{ renewBefore: '24h30m' }, '2026-03-30T23:30:00.000Z'],
  [{ renewBeforePercentage: 10 }, '2026-03-23T00:00:00.000Z'],
  // Longer than the certificate lives: the default counts.
  [{ renewBefore: '4000h' }, '2026-03-02T00:00:00.000Z'],
])('a certificate of 90 days with %j is due at %s', (spec, due) => {
  expect(renewalTime(certificate(spec), chain).toISOString()).toBe(due)
})
