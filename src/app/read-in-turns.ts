import { type FileHandle, open } from 'node:fs/promises'
import type { ByteRange } from '#sdk/controller.ts'

/** Large enough that the time goes into the bytes, small enough that progress is seen. */
const pieceSize = 512 << 10

/**
 * A file's bytes in two pieces of memory that take turns: while one is used, the next is read into the other. A piece is
 * good until the one after it is asked for. Large files thus cost no memory, and no time for giving it back.
 */
export async function* readInTurns(
  path: string,
  { from, to }: ByteRange = { from: 0, to: Number.POSITIVE_INFINITY },
): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  let next: Promise<Uint8Array> | undefined
  try {
    let [one, other] = [Buffer.allocUnsafeSlow(pieceSize), Buffer.allocUnsafeSlow(pieceSize)]
    let at = from
    next = readPiece(file, one, { from, to })
    for (;;) {
      const piece = await next
      if (piece.length === 0) return
      at += piece.length
      ;[one, other] = [other, one]
      next = readPiece(file, one, { from: at, to })
      // Whoever stops early does not hear of it.
      next.catch(() => undefined)
      yield piece
    }
  } finally {
    await next?.catch(() => undefined)
    await file.close()
  }
}

async function readPiece(file: FileHandle, into: Buffer, { from, to }: ByteRange): Promise<Uint8Array> {
  const { bytesRead } = await file.read(into, 0, Math.min(into.length, to - from), from)
  return into.subarray(0, bytesRead)
}
