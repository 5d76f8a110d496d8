import { compileRegex, type Regex, type RegexOptions } from '#base/regex.ts'
import { RegexError } from '#base/regex-match.ts'
import { TaskFailure } from './module.ts'

/**
 * A pattern that a user wrote, in Python's spelling. Look-around and back-references are allowed. Throws TaskFailure
 * when it is none, and so do all uses of it that take too long.
 */
export function userRegex(pattern: string, options: RegexOptions = {}): Regex {
  const compiled = guarded(() => compileRegex(pattern, { ...options, fallback: true }))
  return {
    test: (text) => guarded(() => compiled.test(text)),
    exec: (text, from) => guarded(() => compiled.exec(text, from)),
    all: (text) => guarded(() => compiled.all(text)),
    replaceAll: (text, template, limit) => guarded(() => compiled.replaceAll(text, template, limit)),
    split: (text, limit) => guarded(() => compiled.split(text, limit)),
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    throw new TaskFailure(error.message, {}, { cause: error })
  }
}
