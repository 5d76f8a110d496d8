import { type BackupCopy, type Proofs, type RestorePoint, verificationLevels } from '#model/restore-point.ts'
import type { Backup } from './mark-backups.ts'

/** The folder of the state folder in which each restore point is a file `<id>.json`. */
export const registryFolder = 'restore-points'

/** An id is also the name of a file. */
export const idPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$'

/** The content of the file of a restore point. */
export const restorePointText = (point: RestorePoint): string => `${JSON.stringify(point, null, 2)}\n`

/** Reads the file of a restore point; gives undefined for anything else. */
export function parseRestorePoint(text: string): RestorePoint | undefined {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null) return undefined
  const field: Readonly<Record<string, unknown>> = { ...value }
  const { id, kind, host, subject, at } = field
  const copies = copiesOf(field['copies'])
  if (typeof id !== 'string' || !new RegExp(idPattern).test(id) || typeof at !== 'number') return undefined
  if (typeof kind !== 'string' || typeof host !== 'string' || typeof subject !== 'string' || !copies) {
    return undefined
  }
  const level = verificationLevels.find((one) => one === field['level'])
  return {
    id,
    kind,
    host,
    subject,
    at,
    copies,
    ...(level && { level }),
    ...proofsOf(field['proofs']),
    ...(typeof field['sha256'] === 'string' && { sha256: field['sha256'] }),
    ...(field['isProtected'] === true && { isProtected: true }),
    ...numbers(field, ['size', 'verifiedAt', 'recoverySeconds', 'recoveredAt', 'removedAt']),
  }
}

/** As retention sees it: a copy whose bytes were never checked is none to count on. */
export const asBackup = ({ id, at, level, isProtected }: RestorePoint): Backup => ({
  name: id,
  at,
  isVerified: level !== undefined && level !== 'exists',
  isProtected: isProtected === true,
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function copiesOf(value: unknown): readonly BackupCopy[] | undefined {
  if (!Array.isArray(value)) return undefined
  const list: readonly unknown[] = value
  const copies = list.flatMap((one) => copyOf(one) ?? [])
  return copies.length === list.length ? copies : undefined
}

function copyOf(value: unknown): BackupCopy | undefined {
  if (typeof value !== 'object' || value === null || !('host' in value) || !('path' in value))
    return undefined
  const { host, path } = value
  return typeof host === 'string' && typeof path === 'string' ? { host, path } : undefined
}

function proofsOf(value: unknown): { readonly proofs?: Proofs } {
  if (typeof value !== 'object' || value === null) return {}
  const times: Readonly<Record<string, unknown>> = { ...value }
  const known = verificationLevels.map((level) => [level, times[level]] as const)
  return { proofs: Object.fromEntries(known.filter(([, time]) => typeof time === 'number')) }
}

type NumberField = 'size' | 'verifiedAt' | 'recoverySeconds' | 'recoveredAt' | 'removedAt'

function numbers(
  field: Readonly<Record<string, unknown>>,
  names: readonly NumberField[],
): Partial<Record<NumberField, number>> {
  const found = names.map((name) => [name, field[name]] as const)
  return Object.fromEntries(found.filter(([, value]) => typeof value === 'number'))
}
