import { script } from '@bomb.sh/tab'

/** Prints the script that hooks tsplay into a shell. */
export function printShellScript(shell: string): void {
  script(shell, 'tsplay', 'tsplay')
}
