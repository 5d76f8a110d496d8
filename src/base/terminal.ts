/** Text on its way out. Writing never blocks and never throws; what cannot be delivered is dropped. */
export interface Output {
  write(text: string): void
  /** Resolves when everything written so far has left, or never can. */
  flush(): Promise<void>
  /** Characters that wait for a slow reader. */
  readonly waiting: number
  /** True once the reader is gone (`| head`); later text is dropped. */
  readonly closed: boolean
}

/** Where a command reads and writes. `columns` and `rows` change when the window does. */
export interface Terminal {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: NodeJS.ReadableStream
  /** Stdout is a terminal that can show a live display. */
  readonly isTty: boolean
  readonly columns: number
  readonly rows: number
  /** Colour and style are wanted on stdout. */
  readonly color: boolean
  /** The same for stderr. */
  readonly errorColor: boolean
  /** Someone can answer questions: stdin and stderr are terminals. */
  readonly canAsk: boolean
  /**
   * Asks the person and gives the line without its newline; `undefined` when nobody can answer or input ended.
   * Questions wait for each other; live displays step aside meanwhile.
   */
  ask(question: string, options?: { readonly echo?: boolean }): Promise<string | undefined>
  /** Shows a line on stderr; live displays step aside for it. */
  notice(line: string): void
  /** Registers a live display: called with true before a question or notice is shown, with false after it. */
  onQuestion(listener: (asking: boolean) => void): void
  /** Hides the cursor until the given function is called, or the process ends in whatever way. */
  hideCursor(): () => void
  /** Registers what to do when the window's size has changed. Gives a function that ends it. */
  onResize(listener: () => void): () => void
}
