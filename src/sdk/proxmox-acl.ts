import type { Change } from '#model/change.ts'
import { t } from './args.ts'
import { type Script, sh } from './quote.ts'

export interface Right {
  readonly path: string
  readonly role: string
  readonly propagate?: boolean
}

export const aclArgument = t.Optional(
  t.List(
    t.Object(
      {
        path: t.String({
          description: 'What it is for: `/`, `/vms/103`, `/storage/backups`.',
          pattern: '^/',
        }),
        role: t.String({ description: 'What may be done: `PVEAuditor`.' }),
        propagate: t.Optional(
          t.Boolean({ description: 'Whether it holds for everything below the path.', default: true }),
        ),
      },
      { description: 'A right.' },
    ),
    { description: 'All the rights it has; further ones are taken away. Left out: rights stay as they are.' },
  ),
)

/** Rights to give and to take, as words of `pveum acl`. */
interface Difference {
  readonly give: readonly Right[]
  readonly take: readonly Right[]
}

export function aclDifference(
  wanted: readonly Right[] | undefined,
  present: readonly Right[] = [],
): Difference {
  if (!wanted) return { give: [], take: [] }
  const among = (rights: readonly Right[], one: Right): boolean =>
    rights.some((other) => rightText(other) === rightText(one))
  const samePlace = (a: Right, b: Right): boolean => a.path === b.path && a.role === b.role
  return {
    give: wanted.filter((right) => !among(present, right)),
    // One that only propagates otherwise is set anew, not taken away.
    take: present.filter((right) => !wanted.some((other) => samePlace(other, right))),
  }
}

export function aclChange(
  wanted: readonly Right[] | undefined,
  present: readonly Right[] = [],
): readonly Change[] {
  const { give, take } = aclDifference(wanted, present)
  if (give.length + take.length === 0) return []
  return [{ field: 'acl', before: present.map(rightText), after: (wanted ?? []).map(rightText) }]
}

const rightText = ({ path, role, propagate = true }: Right): string =>
  `${role} on ${path}${propagate ? '' : ' alone'}`

/** `kind` is `users` or `tokens`. */
export function aclScripts(
  kind: 'users' | 'tokens',
  owner: string,
  { give, take }: Difference,
): readonly Script[] {
  const flag = `--${kind}`
  return [
    ...give.map(
      ({ path, role, propagate = true }) =>
        sh`pveum acl modify ${path} ${flag} ${owner} --roles ${role} --propagate ${Number(propagate)}`,
    ),
    ...take.map(({ path, role }) => sh`pveum acl delete ${path} ${flag} ${owner} --roles ${role}`),
  ]
}
