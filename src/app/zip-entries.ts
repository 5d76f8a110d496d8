import type { FileHandle } from 'node:fs/promises'

/** One entry of a zip archive, as its central directory tells it. */
export interface ZipEntry {
  readonly path: string
  /** Unix permission bits and type; 0 when it was made elsewhere. */
  readonly unixMode: number
  readonly method: number
  readonly compressedSize: number
  readonly size: number
  readonly modified: Date
  /** Where the entry's own header begins. */
  readonly offset: number
}

const endSignature = 0x06054b50
const entrySignature = 0x02014b50

/**
 * The entries of a zip archive, ZIP64 included, without reading their content.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function zipEntries(file: FileHandle): Promise<readonly ZipEntry[]> {
  const { size } = await file.stat()
  const tail = await bytesAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557))
  const end = lastEnd(tail)
  if (end < 0) throw new Error('It is no zip archive: its directory is missing.')
  const directory = await directoryPlace(file, tail.subarray(end), size - tail.length + end)
  return readDirectory(await bytesAt(file, directory.offset, directory.size))
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

function lastEnd(tail: Buffer): number {
  for (let at = tail.length - 22; at >= 0; at--) if (tail.readUInt32LE(at) === endSignature) return at
  return -1
}

async function directoryPlace(
  file: FileHandle,
  end: Buffer,
  endAt: number,
): Promise<{ offset: number; size: number }> {
  const size = end.readUInt32LE(12)
  const offset = end.readUInt32LE(16)
  if (size !== 0xffffffff && offset !== 0xffffffff) return { offset, size }
  const locator = await bytesAt(file, endAt - 20, 20)
  const large = await bytesAt(file, Number(locator.readBigUInt64LE(8)), 56)
  return { size: Number(large.readBigUInt64LE(40)), offset: Number(large.readBigUInt64LE(48)) }
}

function readDirectory(bytes: Buffer): readonly ZipEntry[] {
  const entries: ZipEntry[] = []
  for (let at = 0; at + 46 <= bytes.length && bytes.readUInt32LE(at) === entrySignature; ) {
    const nameLength = bytes.readUInt16LE(at + 28)
    const extraLength = bytes.readUInt16LE(at + 30)
    const name = bytes.subarray(at + 46, at + 46 + nameLength)
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    entries.push({ ...readSizes(bytes, at, extra), path: name.toString('utf8'), ...readRest(bytes, at) })
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32)
  }
  return entries
}

function readRest(bytes: Buffer, at: number): Pick<ZipEntry, 'method' | 'unixMode' | 'modified'> {
  const isUnix = bytes.readUInt8(at + 5) === 3
  const [time, date] = [bytes.readUInt16LE(at + 12), bytes.readUInt16LE(at + 14)]
  return {
    method: bytes.readUInt16LE(at + 10),
    unixMode: isUnix ? bytes.readUInt32LE(at + 38) >>> 16 : 0,
    modified: new Date(
      1980 + (date >> 9),
      ((date >> 5) & 15) - 1,
      date & 31,
      time >> 11,
      (time >> 5) & 63,
      (time & 31) * 2,
    ),
  }
}

/** Sizes and places beyond 4 GB stand in an extra field, in this order, those only that did not fit. */
function readSizes(
  bytes: Buffer,
  at: number,
  extra: Buffer,
): Pick<ZipEntry, 'size' | 'compressedSize' | 'offset'> {
  const large = zip64(extra)
  let next = 0
  const value = (place: number): number => {
    const small = bytes.readUInt32LE(at + place)
    if (small !== 0xffffffff || !large) return small
    next += 8
    return Number(large.readBigUInt64LE(next - 8))
  }
  return { size: value(24), compressedSize: value(20), offset: value(42) }
}

function zip64(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  }
  return undefined
}
