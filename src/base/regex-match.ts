export interface RegexMatch {
  readonly index: number
  readonly text: string
  /** Group 1 first; undefined where a group took no part. */
  readonly groups: readonly (string | undefined)[]
  readonly named: Readonly<Record<string, string | undefined>>
}

/** Finds the first match at or after `from`. */
export type RegexEngine = (text: string, from: number) => RegexMatch | undefined

/** The pattern cannot be compiled, or took too long. Its message is for the user. */
export class RegexError extends Error {
  override readonly name = 'RegexError'
}
