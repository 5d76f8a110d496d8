import type { SourceRange } from './source.ts'

/** An expression or template that could not be evaluated for one host: it fails that task on that host. */
export class EvaluationError extends Error {
  override readonly name: string = 'EvaluationError'
  readonly range: SourceRange | undefined
  readonly remedy: string | undefined

  constructor(message: string, range?: SourceRange, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, { cause: options.cause })
    this.range = range
    this.remedy = options.remedy
  }
}

/** A name or key that is not defined; `default()` and `defined()` swallow exactly this. */
export class UndefinedName extends EvaluationError {
  override readonly name = 'UndefinedName'
  readonly path: string

  constructor(path: string, message: string, range?: SourceRange, options: { remedy?: string } = {}) {
    super(message, range, options)
    this.path = path
  }
}

/** A value that check mode cannot know was needed; `because` names the task it depends on. */
export class UnknownValue extends EvaluationError {
  override readonly name = 'UnknownValue'
  readonly because: string

  constructor(because: string, range?: SourceRange) {
    super(`It depends on "${because}", which was not carried out.`, range)
    this.because = because
  }
}
