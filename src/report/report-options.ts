import type { SourceText } from './diagnostics.ts'

/** How events are to be shown. A structural match of what the command line asks for. */
export interface ReportOptions {
  /** `playbook` for runs and plans, `ad-hoc` for single commands. */
  readonly kind: 'playbook' | 'ad-hoc'
  readonly format: 'text' | 'json'
  readonly junitFiles: readonly string[]
  readonly quiet: boolean
  /** 0 to 3. */
  readonly verbosity: number
  readonly diff: boolean
  /** The text of the project's files, for carets. */
  readonly sourceText: SourceText
}
