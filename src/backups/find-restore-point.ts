import { nearest } from '#base/did-you-mean.ts'
import type { RestorePoint } from '#model/restore-point.ts'
import { UsageError } from '#model/usage-error.ts'

/** What may be asked of a list of restore points. */
export interface PointFilter {
  readonly kind?: string
  readonly host?: string
  readonly subject?: string
}

/** Newest first, without those whose copies were removed. */
export const listedPoints = (
  points: readonly RestorePoint[],
  { kind, host, subject }: PointFilter,
): readonly RestorePoint[] =>
  points
    .filter((point) => point.removedAt === undefined)
    .filter((point) => kind === undefined || point.kind === kind)
    .filter((point) => host === undefined || point.host === host)
    .filter((point) => subject === undefined || point.subject === subject)
    .toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))

/** One of these points, newest first: by its id, by a part of it that no other has, or as `latest`. */
export function findRestorePoint(points: readonly RestorePoint[], name: string): RestorePoint {
  const [newest] = points
  if (!newest) throw new UsageError('There is no such restore point.', { remedy: `${seeAll} in full.` })
  const exact = name === 'latest' ? newest : points.find(({ id }) => id === name)
  if (exact) return exact
  const some = points.filter(({ id }) => id.includes(name))
  const [only] = some
  if (only && some.length === 1) return only
  if (only) {
    const names = some.slice(0, 5).map(({ id }) => id)
    throw new UsageError(`"${name}" is a part of ${some.length} ids: ${names.join(', ')}.`, {
      remedy: 'Give more of the id.',
    })
  }
  const near = nearest(
    name,
    points.map(({ id }) => id),
  )
  throw new UsageError(`There is no restore point "${name}".`, {
    remedy: near === undefined ? `${seeAll}.` : `Did you mean "${near}"?`,
  })
}

const seeAll = 'Run `tsplay restore list` to see all'
