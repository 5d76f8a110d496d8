import type { Outcome } from '#app/requests.ts'
import type { CommandContext } from '#cli/context.ts'
import { printShellScript } from '#cli/shell-script.ts'

/** `source <(tsplay completion bash)`; commander has checked the shell's name. */
export async function completion({ words }: CommandContext): Promise<Outcome> {
  printShellScript(words[0] ?? 'bash')
  return { exitReason: 'done' }
}
