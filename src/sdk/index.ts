/** Everything a module or fact of a role may use. */

export type { Change, Resource, TextDiff } from '#model/change.ts'
export { HostError } from '#model/host-error.ts'
export { Unknown } from '#model/unknown.ts'
export * from './args.ts'
export * from './controller.ts'
export * from './fact.ts'
export * from './host.ts'
export * from './module.ts'
export * from './quote.ts'
