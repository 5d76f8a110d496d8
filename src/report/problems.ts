import type { Output } from '#base/terminal.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Listener } from '#model/event.ts'
import { diagnosticsText, type FrameOptions } from './diagnostics.ts'

/** Shows diagnostics, all at once: when anything else happens or the run is over. */
export function problems(output: Output, options: FrameOptions & { readonly errorsOnly: boolean }): Listener {
  let collected: Diagnostic[] = []
  const show = (): void => {
    const shown = options.errorsOnly ? collected.filter(({ severity }) => severity === 'error') : collected
    collected = []
    output.write(diagnosticsText(shown, options))
  }
  return {
    on(event) {
      if (event.type === 'diagnostic') collected.push(event.diagnostic)
      else if (collected.length > 0) show()
    },
    async close() {
      show()
      await output.flush()
    },
  }
}
