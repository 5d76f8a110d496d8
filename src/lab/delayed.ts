import { Transform } from 'node:stream'

/** What is under way at most; a real road holds no more than its bandwidth allows either. */
const limit = 4 * 2 ** 20

/** Passes bytes on, unchanged and in order, so many milliseconds after they came. */
export function delayed(milliseconds: number): Transform {
  let underWay = 0
  let resume: (() => void) | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      underWay += chunk.length
      setTimeout(() => {
        underWay -= chunk.length
        if (!this.destroyed) this.push(chunk)
        resume?.()
        resume = undefined
      }, milliseconds)
      if (underWay < limit) done()
      else resume = done
    },
    flush(done) {
      setTimeout(done, milliseconds)
    },
  })
}
