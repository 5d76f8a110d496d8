import { type ExitReason, exitCodes } from '#model/exit-code.ts'

const isReason = (text: string): text is ExitReason => Object.hasOwn(exitCodes, text)

/** The reason that an exit code stands for. */
export function reasonOf(code: number): ExitReason {
  return (
    Object.keys(exitCodes)
      .filter(isReason)
      .find((reason) => exitCodes[reason][0] === code) ?? 'bug'
  )
}
