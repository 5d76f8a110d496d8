import { rangeAt } from '#app/read-checked-file.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import type { SecondOwner } from './second-owners.ts'

/** Says that a machine has two owners, at the second, with the place of the first. */
export function ownerDiagnostic({ path, first, message, remedy }: SecondOwner, root: Node): Diagnostic {
  return {
    code: 'duplicate-key',
    severity: 'error',
    message,
    remedy,
    range: rangeAt(root, path),
    related: [{ message: `"${first[1]}" stands here.`, range: rangeAt(root, first) }],
  }
}
