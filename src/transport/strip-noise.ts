import { Transform, type TransformCallback } from 'node:stream'
import { MarkerReader } from './marker-reader.ts'

const noiseKept = 8192

/** A byte stream without what came before the ready mark: the login shell's own words. */
export class StripNoise extends Transform {
  noise = ''
  #ready = false
  readonly #reader: MarkerReader

  constructor(nonce: string, onReady: (pid: number) => void, onNoise?: (noise: string) => void) {
    super({ highWaterMark: 1 << 20 })
    this.#reader = new MarkerReader(nonce, {
      bytes: (chunk) => {
        if (this.#ready) return void this.push(chunk)
        this.noise = (this.noise + chunk.toString('utf8')).slice(-noiseKept)
        onNoise?.(this.noise)
      },
      mark: ([, pid]) => {
        this.#ready = true
        onReady(Number(pid))
      },
    })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    // After the mark nothing is looked at any more: what follows is the program's, to the last byte.
    if (this.#ready) this.push(chunk)
    else this.#look(chunk)
    done()
  }

  /** What stands behind the mark in the same chunk is the program's too, though it ends like the beginning of a mark. */
  #look(chunk: Buffer): void {
    this.#reader.push(chunk)
    if (this.#ready) this.#reader.release()
  }
}
