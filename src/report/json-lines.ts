import type { Output } from '#base/terminal.ts'
import type { Listener } from '#model/event.ts'
import { jsonEvent } from './json-event.ts'
import { jsonText } from './value-text.ts'

/** One JSON object per line and nothing else; `docs/events.md` is its reference. */
export function jsonLines(output: Output, options: { readonly diff: boolean }): Listener {
  return {
    on(event) {
      const line = jsonEvent(event, options.diff)
      if (line !== undefined) output.write(`${jsonText(line)}\n`)
    },
    close: () => output.flush(),
  }
}
