/** A place in a text file. `line` and `column` count from 1, `offset` from 0, all in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** Where a piece of the user's text stands. `end` is exclusive. `file` is as the user would write it. */
export interface SourceRange {
  readonly file: string
  readonly start: Position
  readonly end: Position
}
