import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'

/** What reading one YAML text gave. */
export interface ParsedYaml {
  /** Undefined when the text is empty or its syntax is broken. */
  readonly root: Node | undefined
  /** All errors of the text, in its order. */
  readonly diagnostics: readonly Diagnostic[]
  /** Whether some scalar has the tag `!vault` and must still be decrypted. */
  readonly vaulted: boolean
}
