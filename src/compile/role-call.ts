import type { MapNode } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { VarsLayer } from '#model/value.ts'
import type { RoleParts } from './role-parts.ts'

/** One use of a role: by `roles:`, a dependency, `import_role` or `include_role`. */
export interface RoleCall {
  readonly name: string
  readonly range: SourceRange
  /** The entry or task that uses it; its keywords are already in the scope. */
  readonly map: MapNode
  readonly params: VarsLayer
  readonly from: RoleParts
  readonly validates: boolean
}
