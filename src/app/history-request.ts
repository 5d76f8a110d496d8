import type { RunFilter } from '#history/history-index.ts'
import type { PruneRule } from '#history/runs-to-prune.ts'
import type { OutputOptions } from './requests.ts'

/** `tsplay history`. Runs are named as `findRun` understands. */
export type HistoryRequest =
  | { readonly action: 'list'; readonly filter: RunFilter; readonly format: 'text' | 'json' }
  | {
      readonly action: 'show'
      readonly run: string
      /** Only what happened on this host. */
      readonly host?: string
      readonly output: OutputOptions
    }
  | {
      readonly action: 'diff'
      /** Without it, the run before the second of the same kind. */
      readonly first?: string
      readonly second: string
      readonly format: 'text' | 'json'
    }
  | { readonly action: 'prune'; readonly rule: PruneRule; readonly dryRun: boolean }
