const recordSeparator = 0x1e
const newline = 0x0a
const longestMark = 200

export interface MarkerSink {
  bytes(chunk: Buffer): void
  /** The words of a mark, without the nonce. */
  mark(words: readonly string[]): void
}

/**
 * Splits a byte stream at marks of the form `\x1e<nonce> word word\n`, wherever the chunks are cut.
 * Everything else is passed on untouched and as early as possible.
 */
export class MarkerReader {
  readonly #opening: Buffer
  readonly #sink: MarkerSink
  #held: Buffer = Buffer.alloc(0)

  constructor(nonce: string, sink: MarkerSink) {
    this.#opening = Buffer.from(`\x1e${nonce} `, 'latin1')
    this.#sink = sink
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    this.#held = Buffer.alloc(0)
    for (;;) {
      const at = rest.indexOf(this.#opening)
      if (at < 0) break
      const end = rest.indexOf(newline, at)
      if (end < 0) break
      if (at > 0) this.#sink.bytes(rest.subarray(0, at))
      this.#sink.mark(rest.toString('latin1', at + this.#opening.length, end).split(' '))
      rest = rest.subarray(end + 1)
    }
    this.#keepBack(rest)
  }

  /** Passes on what was kept back as well: no mark will come any more. */
  release(): void {
    const held = this.#held
    this.#held = Buffer.alloc(0)
    if (held.length > 0) this.#sink.bytes(held)
  }

  /** Passes on what cannot be part of a mark that is not complete yet. */
  #keepBack(rest: Buffer): void {
    const at = rest.indexOf(this.#opening)
    const keepFrom = at < 0 ? this.#unfinishedOpening(rest) : at
    const tooLong = at >= 0 && rest.length - at > longestMark
    const cut = tooLong ? rest.length : keepFrom
    if (cut < rest.length) this.#held = Buffer.from(rest.subarray(cut))
    if (cut > 0) this.#sink.bytes(rest.subarray(0, cut))
  }

  /** Where a mark may have begun whose opening is cut off by the end of the chunk; else the chunk's length. */
  #unfinishedOpening(rest: Buffer): number {
    const first = Math.max(0, rest.length - this.#opening.length + 1)
    for (let at = rest.indexOf(recordSeparator, first); at >= 0; at = rest.indexOf(recordSeparator, at + 1)) {
      if (this.#opening.subarray(0, rest.length - at).equals(rest.subarray(at))) return at
    }
    return rest.length
  }
}
