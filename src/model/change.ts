import type { Unknown } from './unknown.ts'

/** A text before and after, for a unified diff. Absent files are `undefined`. */
export interface TextDiff {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** One field that differs from what the task asks for. `Unknown` where only the change itself would tell. */
export interface Change {
  readonly field: string
  readonly before: unknown | Unknown
  readonly after: unknown | Unknown
  readonly diff?: TextDiff
}

/**
 * Something on a host that a fact reads and a write may alter.
 *
 * kind `path` is hierarchical: a write to `/a/b` touches reads of `/a/b`, of what lies below it and of the
 * folders above it. A resource without a name stands for all of its kind; kind `everything` for all kinds.
 */
export interface Resource {
  readonly kind:
    | 'path'
    | 'package'
    | 'unit'
    | 'user'
    | 'group'
    | 'mount'
    | 'sysctl'
    | 'kernel-module'
    | 'hostname'
    | 'time'
    | 'network'
    | 'process'
    | 'cron'
    | 'firewall'
    | 'platform'
    | 'storage'
    | 'proxmox'
    | 'kubernetes'
    | 'everything'
  readonly name?: string
}
