import { displayWidth, truncate } from '#base/display-width.ts'
import type { Terminal } from '#base/terminal.ts'

const frameMs = 150
const clearBelow = '\u001b[0J'
const clearRight = '\u001b[K'
/** Terminals that know it show a frame at once; others pass over it. */
const [beginFrame, endFrame] = ['\u001b[?2026h', '\u001b[?2026l']

/**
 * The last lines of a terminal, drawn again and again, with lasting text above them. A frame is drawn at most
 * every 150 ms, never higher than the window, and not while the terminal still chews on the last one.
 */
export class Screen {
  readonly #terminal: Terminal
  readonly #lines: (rows: number) => readonly string[]
  readonly #stopResize: () => void
  #shown: readonly string[] = []
  #timer: NodeJS.Timeout | undefined
  #showCursor: (() => void) | undefined
  #aside = false

  /** `lines` gives the live lines, as many as fit in `rows`. */
  constructor(terminal: Terminal, lines: (rows: number) => readonly string[]) {
    this.#terminal = terminal
    this.#lines = lines
    this.#stopResize = terminal.onResize(() => this.#redraw(''))
    terminal.onQuestion((asking) => (asking ? this.#stepAside() : this.#return()))
  }

  start(): void {
    this.#showCursor ??= this.#terminal.hideCursor()
    this.#timer ??= setInterval(() => this.#tick(), frameMs).unref()
  }

  /** Writes lasting lines above the live ones. */
  print(text: string): void {
    if (this.#aside) this.#terminal.stdout.write(`${text}\n`)
    else this.#redraw(`${text}\n`)
  }

  /** Removes the live lines and shows the cursor again. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#write(this.#erase())
    this.#shown = []
    this.#showCursor?.()
    this.#showCursor = undefined
    this.#stopResize()
  }

  #tick(): void {
    if (!this.#aside && this.#terminal.stdout.waiting === 0) this.#redraw('')
  }

  #redraw(lasting: string): void {
    const next = this.#timer === undefined || this.#aside ? [] : this.#fit()
    if (lasting === '' && sameLines(next, this.#shown)) return
    const live = next.map((line) => `${line}${clearRight}\n`).join('')
    const above = lasting.replaceAll('\n', `${clearRight}\n`)
    this.#write(`${beginFrame}${this.#up()}${above}${live}${clearBelow}${endFrame}`)
    this.#shown = next
  }

  #fit(): readonly string[] {
    const rows = Math.max(1, this.#terminal.rows - 1)
    return this.#lines(rows)
      .slice(0, rows)
      .map((line) => truncate(line, this.#terminal.columns - 1))
  }

  #stepAside(): void {
    this.#write(this.#erase())
    this.#shown = []
    this.#aside = true
    this.#showCursor?.()
    this.#showCursor = undefined
  }

  #return(): void {
    this.#aside = false
    if (this.#timer !== undefined) this.#showCursor ??= this.#terminal.hideCursor()
  }

  #erase(): string {
    return this.#shown.length === 0 ? '' : `${this.#up()}${clearBelow}`
  }

  /** To the start of the first live line. A window made narrower has broken long lines in two. */
  #up(): string {
    const { columns } = this.#terminal
    const rows = this.#shown.map((line) => Math.max(1, Math.ceil(displayWidth(line) / columns)))
    const height = rows.reduce((sum, row) => sum + row, 0)
    return height === 0 ? '' : `\r\u001b[${height}A`
  }

  #write(text: string): void {
    if (text !== '') this.#terminal.stdout.write(text)
  }
}

const sameLines = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i])
