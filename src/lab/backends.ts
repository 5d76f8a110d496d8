import { HostError } from '#model/host-error.ts'
import type { LabBackend } from './backend.ts'
import type { BackendName } from './backend-name.ts'
import { nspawnBackend } from './nspawn-backend.ts'
import { sshdBackend } from './sshd-backend.ts'
import { usernsBackend } from './userns-backend.ts'

/** The most faithful first: `up` takes the first that the machine can have. */
export const backends: readonly LabBackend[] = [nspawnBackend, usernsBackend, sshdBackend]

export function backendOf(name: BackendName): LabBackend {
  const found = backends.find((backend) => backend.name === name)
  if (found) return found
  throw new HostError('refused', `There is no lab backend "${name}".`)
}
