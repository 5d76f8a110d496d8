import { exitCode } from '#model/exit-code.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * The first signal aborts, so that what runs on hosts can end in order; the second ends the process at once.
 * `onFirst` is told the name of the first one.
 */
export function interruption(onFirst: (signal: string) => void): AbortSignal {
  const controller = new AbortController()
  for (const name of signals) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode('interrupted'))
      controller.abort(new Error(`Interrupted by ${name}.`))
      onFirst(name)
    })
  }
  return controller.signal
}
