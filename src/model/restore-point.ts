/**
 * How far a backup has been proved: it is there; it is bit for bit what was written; its form is that of its kind;
 * it holds what its source held; it was restored to a scratch place and worked.
 */
export const verificationLevels = ['exists', 'integrity', 'structure', 'content', 'drill'] as const

export type VerificationLevel = (typeof verificationLevels)[number]

/** Milliseconds since 1970. */
export type Proofs = Readonly<Partial<Record<VerificationLevel, number>>>

/** Where a copy lies. */
export interface BackupCopy {
  readonly host: string
  readonly path: string
}

/** One backup that can be restored. Times are milliseconds since 1970. */
export interface RestorePoint {
  readonly id: string
  /** What it takes to restore it: `etcd`, `config`, `vm`, … */
  readonly kind: string
  /** The host it is a backup of. */
  readonly host: string
  /** What of that host: a set of files, a guest, a cluster. */
  readonly subject: string
  readonly at: number
  readonly copies: readonly BackupCopy[]
  /** Bytes. */
  readonly size?: number
  /** Lower-case hex. */
  readonly sha256?: string
  /** The strongest of `proofs`, and its time. */
  readonly level?: VerificationLevel
  readonly verifiedAt?: number
  /** When it was last proved so far. What a stronger one shows need not be shown again. */
  readonly proofs?: Proofs
  /** How long the last restore or drill took. */
  readonly recoverySeconds?: number
  readonly recoveredAt?: number
  /** A person said that it stays. */
  readonly isProtected?: boolean
  /** Its copies were removed then. */
  readonly removedAt?: number
}
