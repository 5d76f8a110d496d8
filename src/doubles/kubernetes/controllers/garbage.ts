import { type Controller, remove } from './controller.ts'

/** Background deletion: what belongs to owners that are all gone goes as well. */
export const collectGarbage: Controller = (context) => {
  const { cluster } = context
  const all = cluster.resources().flatMap(({ group, plural }) => cluster.store.under(`${group}/${plural}/`))
  const present = new Set(all.map(({ metadata }) => metadata.uid))
  for (const object of all) {
    const owners = object.metadata.ownerReferences ?? []
    if (owners.length > 0 && owners.every(({ uid }) => !present.has(uid))) remove(context, object)
  }
}
