import type { ApiMethod, Verb } from './api.ts'
import { accessMethods } from './api-access.ts'
import { agentMethods } from './api-agent.ts'
import { backupMethods } from './api-backup.ts'
import { backupJobMethods } from './api-backup-jobs.ts'
import { nodeMethods } from './api-node.ts'
import { pruneMethods } from './api-prune.ts'
import { snapshotMethods } from './api-snapshot.ts'
import { storageMethods } from './api-storage.ts'
import { vmMethods } from './api-vm.ts'
import { vmLifeMethods } from './api-vm-life.ts'
import type { Values } from './parameters.ts'

export const methods: readonly ApiMethod[] = [
  ...nodeMethods,
  ...vmMethods,
  ...vmLifeMethods,
  ...agentMethods,
  ...snapshotMethods,
  ...storageMethods,
  ...accessMethods,
  ...backupMethods,
  ...backupJobMethods,
  ...pruneMethods,
]

export interface Route {
  readonly method: ApiMethod
  /** What the path itself says. */
  readonly values: Values
}

export function findRoute(verb: Verb, path: string): Route | undefined {
  const clean = `/${path.split('/').filter(Boolean).join('/')}`
  for (const method of methods.filter((one) => one.verb === verb)) {
    const names = [...method.path.matchAll(/\{([\w-]+)\}/g)].map(([, name = '']) => name)
    // A volume's name may hold slashes, and is the last.
    const pattern = method.path.replace(/\{volume\}$/, '(.+)').replace(/\{[\w-]+\}/g, '([^/]+)')
    const found = new RegExp(`^${pattern}$`).exec(clean)
    if (found)
      return {
        method,
        values: Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ''])),
      }
  }
  return undefined
}

export function methodAt(verb: Verb, path: string): ApiMethod {
  const found = methods.find((method) => method.verb === verb && method.path === path)
  if (!found) throw new Error(`The double has no method ${verb} ${path}.`)
  return found
}
