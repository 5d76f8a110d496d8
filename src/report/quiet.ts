import type { Output } from '#base/terminal.ts'
import type { Listener, TaskEnd } from '#model/event.ts'
import { exitCode } from '#model/exit-code.ts'
import { type DetailOptions, outcomeDetails } from './outcome-text.ts'
import { isLost, lookOf, lookWord } from './status-look.ts'
import { taskTitle } from './task-title.ts'

/** `--quiet`: failures only, each complete in itself, or why there was nobody to fail. */
export function quiet(output: Output, options: DetailOptions): Listener {
  return {
    on(event) {
      if (event.type === 'task' && isLost(event)) output.write(`${failureText(event, options)}\n`)
      if (event.type === 'recap' && event.exitCode === noHosts) output.write(nobody)
    },
    close: () => output.flush(),
  }
}

const noHosts = exitCode('noHosts')
const nobody = 'No play of the run had a host.\n'

function failureText(end: TaskEnd, options: DetailOptions): string {
  const head = `${options.style.red(`${lookWord(lookOf(end))}:`)} [${end.host}] ${taskTitle(end)}`
  return [head, ...outcomeDetails(end, [], options).map((line) => `    ${line}`)].join('\n')
}
