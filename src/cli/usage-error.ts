/** The command line cannot be carried out. Its message is shown, the exit code is that of `usage`. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
