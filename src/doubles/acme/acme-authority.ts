import { issueCertificate, type KeyPair } from '../pki/x509.ts'
import type { Acme } from './acme-state.ts'

const year = 365 * 86_400_000

interface Authority {
  readonly root: KeyPair
  readonly intermediate: KeyPair
}

/** The two that certificates come from, as with Let's Encrypt: clients trust the root, and are sent the other one. */
export function authorityOf(state: Acme, now: number): Authority {
  const valid = { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + 10 * year) }
  const organizations = ['tsplay lab']
  state.root ??= issueCertificate({ commonName: 'Lab Root X1', organizations, isAuthority: true, ...valid })
  state.intermediate ??= issueCertificate(
    { commonName: 'Lab Intermediate E1', organizations, isAuthority: true, ...valid },
    state.root,
  )
  return { root: state.root, intermediate: state.intermediate }
}
