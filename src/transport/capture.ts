type Decoding = 'utf8' | 'latin1'

/** Collects the output of one stream of one frame, up to a limit; what lies beyond is dropped and noted. */
export class Capture {
  readonly #limit: number
  readonly #decoding: Decoding
  readonly #show: ((text: string) => void) | undefined
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #chunks: Buffer[] = []
  #size = 0
  truncated = false

  constructor(limit: number, decoding: Decoding, show?: (text: string) => void) {
    this.#limit = limit
    this.#decoding = decoding
    this.#show = show
  }

  add(chunk: Buffer): void {
    if (this.#show) this.#say(this.#decoder.decode(chunk, { stream: true }))
    const room = this.#limit - this.#size
    if (chunk.length > room) this.truncated = true
    if (room <= 0) return
    const kept = chunk.subarray(0, room)
    this.#chunks.push(kept)
    this.#size += kept.length
  }

  /** Shows what is left of a character cut in two. Called once, when the frame ends. */
  finish(): void {
    if (this.#show) this.#say(this.#decoder.decode())
  }

  text(): string {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    return (all ?? Buffer.alloc(0)).toString(this.#decoding)
  }

  #say(text: string): void {
    if (text !== '') this.#show?.(text)
  }
}
