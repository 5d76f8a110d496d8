import { globTest } from './glob-test.ts'
import { baseName } from './host-path.ts'
import { TaskFailure } from './module.ts'
import type { SyncArgs } from './sync-args.ts'

/** What is asked for, rsync's options understood. */
export interface SyncOptions {
  readonly deletes: boolean
  readonly existingOnly: boolean
  readonly perms: boolean
  /** Patterns, as `exclude` of a tar takes them. */
  readonly exclude: readonly string[]
  /** Whether a path below the folder, or a folder above it, is excluded. */
  isExcluded(path: string): boolean
}

/** They change speed or what is printed, and nothing of the result; or they say what holds anyway. */
const harmless =
  /^(-[avzrltpgohPivqDHn]+|--(archive|recursive|links|times|perms|verbose|quiet|compress|progress|stats|human-readable|partial|itemize-changes|whole-file|no-motd|checksum|delay-updates|group|owner|no-owner|no-group|no-o|no-g|numeric-ids|mkpath|info=.*|out-format=.*|rsh=.*|timeout=.*|bwlimit=.*|compress-level=.*))$/

/** Throws TaskFailure for an option of rsync that has no equal here. */
export function syncOptions(args: SyncArgs): SyncOptions {
  const { rsync_opts: words = [] } = args
  const exclude = [...(args.exclude ?? []), ...words.flatMap(excludedBy)]
  const flags = words.filter((word) => excludedBy(word).length === 0)
  refuseUnknown(flags)
  const tests = exclude.map((pattern) => globTest(pattern.replace(/^\/|\/\**$/g, '')))
  return {
    deletes: args.delete === true || flags.some((flag) => flag.startsWith('--delete')),
    existingOnly: args.existing_only === true || flags.includes('--existing'),
    perms: (args.perms ?? true) && !flags.some((flag) => /^--no-(p|perms)$/.test(flag)),
    exclude,
    isExcluded: (path) =>
      ancestors(path).some((one) => tests.some((test) => test(one) || test(baseName(one)))),
  }
}

function excludedBy(word: string): readonly string[] {
  const [, pattern] = /^--exclude=(.*)$/s.exec(word) ?? []
  return pattern === undefined ? [] : [pattern.replace(/^(['"])(.*)\1$/s, '$2')]
}

function refuseUnknown(flags: readonly string[]): void {
  const unknown = flags.find(
    (flag) => !/^--delete(-\w+)?$|^--existing$|^--no-(p|perms)$/.test(flag) && !harmless.test(flag),
  )
  if (unknown !== undefined) throw new TaskFailure(`synchronize does not know rsync's option "${unknown}".`)
}

/** `a`, `a/b` and `a/b/c` for `a/b/c`. */
const ancestors = (path: string): readonly string[] =>
  path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))
