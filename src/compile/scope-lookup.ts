import type { Lookup } from '#model/value.ts'
import type { Context } from './context.ts'
import type { Scope } from './scope.ts'
import { staticLookup } from './static-lookup.ts'

/**
 * What is known at a place before the run: variables of the play, of the role and of what is around, `-e`, and the
 * magic variables that are the same for every host.
 */
export function scopeLookup(scope: Scope, { request, inventory }: Context): Lookup {
  const { role } = scope
  const magic = new Map<string, unknown>([
    ['playbook_dir', folderOf(scope.play.file)],
    ...(inventory.directory === undefined ? [] : ([['inventory_dir', inventory.directory]] as const)),
    ...(role
      ? ([
          ['role_name', role.name],
          ['role_path', role.path],
        ] as const)
      : []),
  ])
  const layers = [
    ...(role ? [role.defaults] : []),
    ...scope.play.layers,
    ...(role ? [role.vars] : []),
    ...scope.layers,
    ...(role ? [role.params] : []),
    request.extraVars,
  ]
  return staticLookup(layers, magic)
}

const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))
