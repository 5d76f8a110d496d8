import { TaskFailure } from '#sdk/module.ts'

/** A file of this machine that cannot be read is a failure of the task that wants it. */
export function unreadable(path: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause)
  throw new TaskFailure(`The file ${path} cannot be read: ${why}.`, {}, { cause })
}
