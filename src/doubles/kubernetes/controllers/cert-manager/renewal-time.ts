import type { X509Certificate } from 'node:crypto'
import { at, numberOf, textOf } from '../../../json.ts'
import { goDuration } from '../../go-duration.ts'
import type { KubeObject } from '../../kube-object.ts'

/**
 * When a certificate is due: `renewBefore` ahead of its end, where that is less than it lives in fact; else the percentage of
 * its life that `renewBeforePercentage` says, a third when it says nothing. In whole seconds. See cert-manager's
 * pkg/util/pki/renewaltime.go.
 */
export function renewalTime(
  certificate: KubeObject,
  { validFromDate, validToDate }: Pick<X509Certificate, 'validFromDate' | 'validToDate'>,
): Date {
  const life = validToDate.getTime() - validFromDate.getTime()
  const asked = goDuration(textOf(at(certificate, 'spec', 'renewBefore')))
  const percent = numberOf(at(certificate, 'spec', 'renewBeforePercentage'), 100 / 3)
  const before = asked !== undefined && asked > 0 && asked < life ? asked : (life * percent) / 100
  return new Date(Math.floor((validToDate.getTime() - before) / 1000) * 1000)
}
