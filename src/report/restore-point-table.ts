import { type RestorePoint, verificationLevels } from '#model/restore-point.ts'
import { elapsedText } from './duration-text.ts'
import type { Style } from './style.ts'
import { type Cell, tableText } from './table.ts'

/** Restore points, one a line, with a heading. `now` is what ages are counted from. */
export function restorePointTable(points: readonly RestorePoint[], now: number, style: Style): string {
  const heading = ['POINT', 'KIND', 'HOST', 'SUBJECT', 'AGE', 'SIZE', 'COPIES', 'VERIFIED', 'RECOVERY']
  const rows = points.map((point): readonly Cell[] => [
    { text: point.id },
    { text: point.kind },
    { text: point.host },
    { text: point.subject },
    { text: ageText(now - point.at) },
    { text: point.size === undefined ? '' : sizeText(point.size) },
    { text: String(point.copies.length) },
    { text: verifiedText(point, now), paint: point.level === undefined ? style.red : style.green },
    { text: recoveryText(point) },
  ])
  return tableText([heading.map((text) => ({ text, paint: style.bold })), ...rows])
}

/** All that is known of one. */
export function restorePointText(point: RestorePoint, now: number): string {
  const { at, size, sha256 } = point
  const rows: readonly (readonly [string, string])[] = [
    ['point', point.id],
    ['backup of', `${point.subject} of ${point.host} (${point.kind})`],
    ['made', `${new Date(at).toISOString()}, ${ageText(now - at)} ago`],
    ...(size === undefined ? [] : [['size', sizeText(size)] as const]),
    ...(sha256 === undefined ? [] : [['sha256', sha256] as const]),
    ['verified', verifiedText(point, now)],
    ...laterProofs(point).map(([level, time]) => ['', `${level}, ${ageText(now - time)} ago`] as const),
    ['recovery', recoveryText(point) || 'never tried'],
    ...point.copies.map(({ host, path }, i) => [i === 0 ? 'copies' : '', `${host}:${path}`] as const),
  ]
  return tableText(rows.map((row) => row.map((text) => ({ text }))))
}

function verifiedText({ level, verifiedAt }: RestorePoint, now: number): string {
  if (level === undefined) return 'never'
  return verifiedAt === undefined ? level : `${level}, ${ageText(now - verifiedAt)} ago`
}

/** Weaker proofs that are younger than every stronger one, strongest first. */
function laterProofs({ level, verifiedAt = 0, proofs = {} }: RestorePoint): (readonly [string, number])[] {
  let newest = verifiedAt
  const weaker = verificationLevels.slice(0, level ? verificationLevels.indexOf(level) : 0)
  return weaker.toReversed().flatMap((one) => {
    const time = proofs[one]
    if (time === undefined || time <= newest) return []
    newest = time
    return [[one, time] as const]
  })
}

const recoveryText = ({ recoverySeconds }: RestorePoint): string =>
  recoverySeconds === undefined ? '' : `${recoverySeconds.toFixed(1)}s`

/** Days say more than hours once there are two of them. */
function ageText(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000)
  return days >= 2 ? `${days}d` : elapsedText(Math.max(0, milliseconds))
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`
}
