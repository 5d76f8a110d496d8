/**
 * A value that check mode cannot know, because the change that would produce it was not made.
 * Reading one inside an expression or template raises `UnknownValue` (see evaluation-error.ts).
 */
export class Unknown {
  readonly because: string

  /** @param because the name of the task on whose change the value depends */
  constructor(because: string) {
    this.because = because
  }

  toJSON(): string {
    return '(unknown)'
  }
}
