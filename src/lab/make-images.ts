import { HostError } from '#model/host-error.ts'
import type { BackendName } from './backend-name.ts'
import { baseImage } from './base-image.ts'
import { chooseBackend } from './choose-backend.ts'
import type { WorkContext } from './lab-report.ts'
import type { Suite } from './lab-spec.ts'

/** Builds base images before anybody waits for them; those that are there already stay. */
export async function makeImages(
  suites: readonly Suite[],
  context: WorkContext & { readonly backend?: BackendName },
): Promise<void> {
  const backend = await chooseBackend(context.backend, context)
  if (!backend.image) {
    throw new HostError('refused', `Hosts of the backend ${backend.name} stand on no image.`)
  }
  for (const suite of suites) await baseImage(suite, backend.image, context)
}
