import type { LabBackend } from './backend.ts'
import type { LabPlan } from './lab-plan.ts'
import type { WorkContext } from './lab-report.ts'
import type { LabState } from './lab-state.ts'
import { packageSource } from './package-source.ts'

/** What the hosts of a lab stand on: images and packages of every release they have, made where they are missing. */
export async function hostBases(
  backend: LabBackend,
  plan: LabPlan,
  context: WorkContext,
): Promise<Pick<LabState, 'lowers' | 'packages'>> {
  const lowers: Record<string, readonly string[]> = {}
  const packages: Record<string, string> = {}
  for (const suite of new Set(plan.hosts.map((host) => host.suite))) {
    const image = await backend.image(suite, context)
    if (!image) continue
    packages[suite] = await packageSource(image, plan.spec.packages, context)
    for (const host of plan.hosts.filter((one) => one.suite === suite)) lowers[host.name] = [image.root]
  }
  return { lowers, packages }
}
