/** Shows what a terminal would after some output: newlines, cursor up, erasing. Lines are not wrapped. */
export class VirtualTerminal {
  readonly lines: string[] = ['']
  /** The highest the live part of the screen has been. */
  deepestUp = 0
  cursorHidden = false
  #row = 0
  #column = 0

  write(text: string): void {
    for (const [piece] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|[^\u001b]/gu)) {
      if (piece.length > 1 && piece.startsWith('\u001b')) this.#control(piece)
      else this.#character(piece)
    }
  }

  get screen(): string {
    return this.lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  #character(character: string): void {
    if (character === '\n') {
      this.#row += 1
      this.#column = 0
      this.lines[this.#row] ??= ''
    } else if (character === '\r') {
      this.#column = 0
    } else {
      const line = this.lines[this.#row] ?? ''
      this.lines[this.#row] =
        line.padEnd(this.#column).slice(0, this.#column) + character + line.slice(this.#column + 1)
      this.#column += 1
    }
  }

  #control(sequence: string): void {
    const kind = sequence.at(-1)
    const count = Number(/\d+/.exec(sequence)?.[0] ?? '0')
    if (kind === 'A') {
      this.#row -= count
      this.deepestUp = Math.max(this.deepestUp, count)
      if (this.#row < 0) throw new Error('The cursor left the screen at the top.')
    }
    if (kind === 'K' || kind === 'J')
      this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column)
    if (kind === 'J') this.lines.length = this.#row + 1
    if (sequence === '\u001b[?25l') this.cursorHidden = true
    if (sequence === '\u001b[?25h') this.cursorHidden = false
  }
}
