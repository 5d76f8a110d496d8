/**
 * Puts text into single quotes such that bash, dash, ksh, zsh, fish, csh and tcsh all give the same text back.
 *
 * csh expands `!` and ends a line within single quotes; fish reads `\\` and `\'` there. Text that no quoting
 * carries through all of them is refused, with a RangeError.
 */
export function loginShellWord(text: string): string {
  if (/['!\n\r\0]|\\\\|\\$/.test(text)) {
    throw new RangeError(`Not every login shell can be given this text: ${JSON.stringify(text)}.`)
  }
  return `'${text}'`
}
