import type { PointFilter } from '#backups/find-restore-point.ts'
import type { ConnectionOptions, HostSelection, OutputOptions, VariableSources } from './requests.ts'

/** `tsplay restore`. Points are named as `findRestorePoint` understands. */
export type RestoreRequest =
  | { readonly action: 'list'; readonly filter: PointFilter; readonly format: 'text' | 'json' }
  | {
      readonly action: 'show'
      readonly filter: PointFilter
      readonly point: string
      readonly format: 'text' | 'json'
    }
  | {
      readonly action: 'run'
      readonly filter: PointFilter
      readonly point: string
      /** The playbook; without it, the one that is named after the kind. */
      readonly playbook?: string
      /** Ask nobody. */
      readonly yes: boolean
      /** Show the plan and stop. */
      readonly planOnly: boolean
      readonly hosts: HostSelection
      readonly variables: VariableSources
      readonly connection: ConnectionOptions
      readonly output: OutputOptions
    }
