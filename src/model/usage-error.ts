/** The command line names something that does not exist or makes no sense: exit code 5, nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** What to do next, as a sentence. */
  readonly remedy: string | undefined

  constructor(message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, { cause: options.cause })
    this.remedy = options.remedy
  }
}
