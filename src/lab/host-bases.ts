import type { LabBackend } from './backend.ts'
import { type BaseImage, baseImage } from './base-image.ts'
import type { HostBase } from './host-base.ts'
import { layerOn } from './host-layer.ts'
import type { ImageKind } from './image-kind.ts'
import type { LabHost, LabPlan } from './lab-plan.ts'
import type { WorkContext } from './lab-report.ts'
import type { LabState } from './lab-state.ts'
import { lentNode } from './lent-node.ts'
import { packageSource } from './package-source.ts'

type Bases = Pick<LabState, 'lowers' | 'packages'>

/** What the hosts of a lab stand on: images, packages and layers, each made where it is missing. */
export async function hostBases(backend: LabBackend, plan: LabPlan, context: WorkContext): Promise<Bases> {
  const lowers: Record<string, readonly string[]> = {}
  const packages: Record<string, string> = {}
  if (!backend.image) return { lowers, packages }
  for (const suite of new Set(plan.hosts.map((host) => host.suite))) {
    const image = await baseImage(suite, backend.image, context)
    packages[suite] = await packageSource(
      { key: image.key, sources: image.sources, roots: [image.root] },
      plan.spec.packages,
      context,
    )
    for (const host of plan.hosts.filter((one) => one.suite === suite)) {
      lowers[host.name] = await stack(image, host, { kind: backend.image, context })
    }
  }
  return { lowers, packages }
}

/** The folders below a host's own, the topmost first. */
async function stack(
  image: BaseImage,
  host: LabHost,
  { kind, context }: { readonly kind: ImageKind; readonly context: WorkContext },
): Promise<readonly string[]> {
  let base: HostBase = { key: image.key, sources: image.sources, roots: [image.root] }
  for (const layer of host.layers) base = await layerOn(base, layer, { kind, context })
  return host.doubles.length > 0 ? [await lentNode(), ...base.roots] : base.roots
}
