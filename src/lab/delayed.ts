import { Duplex } from 'node:stream'

/** What is under way at most; a real road holds no more than its bandwidth allows either. */
const limit = 4 * 2 ** 20

/** Passes bytes on, unchanged and in order, so many milliseconds after they came. */
export function delayed(milliseconds: number): Duplex {
  let underWay = 0
  let resume: (() => void) | undefined
  /** Takes the next bytes when there is room for them. */
  const goOn = () => {
    if (underWay + road.readableLength >= limit) return
    const done = resume
    resume = undefined
    done?.()
  }
  const road = new Duplex({
    write(chunk: Buffer, _encoding, done) {
      underWay += chunk.length
      setTimeout(() => {
        underWay -= chunk.length
        if (!road.destroyed) road.push(chunk)
        goOn()
      }, milliseconds)
      resume = done
      goOn()
    },
    read: goOn,
    final(done) {
      setTimeout(() => {
        if (!road.destroyed) road.push(null)
        done()
      }, milliseconds)
    },
  })
  return road
}
