import { createHash } from 'node:crypto'
import { clusterBytes, extentClusters, headerBytes, type VmaContent, type VmaDevice } from './vma.ts'

/** What is wrong with an archive, in the words of pve-qemu's `vma-reader.c`. */
export class VmaError extends Error {}

export interface VmaHead extends VmaContent {
  /** Keyed by the number that clusters name a device by. */
  readonly numbered: ReadonlyMap<number, VmaDevice>
  /** Seconds since 1970. */
  readonly createdAt: number
  readonly uuid: Buffer
  /** Where extents begin. */
  readonly end: number
}

/** Reads the header of an archive that is not compressed, and checks its sum. Throws VmaError. */
export function readVmaHead(archive: Buffer): VmaHead {
  if (archive.length < headerBytes) throw new VmaError("can't read vma header - got EOF")
  if (archive.toString('latin1', 0, 4) !== 'VMA\0') throw new VmaError('not a vma file - wrong magic number')
  const end = archive.readUInt32BE(56)
  if (end <= headerBytes) throw new VmaError(`wrong vma header size ${end}`)
  if (archive.length < end) throw new VmaError("can't read vma header data - got EOF")
  const header = archive.subarray(0, end)
  // Spelt so in `vma-reader.c`.
  if (!hasOwnSum(header, 32)) throw new VmaError('wrong vma header chechsum')
  const version = header.readUInt32BE(4)
  if (version !== 1) throw new VmaError(`wrong vma version ${version}`)
  const blob = header.readUInt32BE(48)
  const textAt = (pointer: number): string => {
    const from = blob + pointer + 2
    return header.toString('utf8', from, from + header.readUInt16LE(blob + pointer))
  }
  const numbered = devicesOf(header, textAt)
  return {
    config: textAt(header.readUInt32BE(3068)),
    devices: [...numbered.values()],
    numbered,
    createdAt: Number(header.readBigUInt64BE(24)),
    uuid: header.subarray(8, 24),
    end,
  }
}

function devicesOf(header: Buffer, textAt: (pointer: number) => string): ReadonlyMap<number, VmaDevice> {
  const found = new Map<number, VmaDevice>()
  for (let number = 1; number < 256; number++) {
    const at = 4096 + 32 * number
    const pointer = header.readUInt32BE(at)
    const bytes = Number(header.readBigUInt64BE(at + 8))
    if (pointer !== 0 && bytes > 0) found.set(number, { name: textAt(pointer).replace(/\0$/, ''), bytes })
  }
  return found
}

/**
 * Reads an archive to its end as `vma verify` and a restore do: the sum of each extent's header, and each cluster of
 * each device once. The bytes of clusters have no sum. Throws VmaError.
 */
export function verifyVma(archive: Buffer): VmaHead {
  const head = readVmaHead(archive)
  const seen = new Map(
    [...head.numbered].map(([number, device]) => [number, new Uint8Array(clustersOf(device))]),
  )
  for (let at = head.end; at < archive.length; ) at += readExtent(archive.subarray(at), { head, seen })
  for (const [number, clusters] of seen) {
    const missing = clusters.indexOf(0)
    if (missing >= 0)
      throw new VmaError(`detected missing cluster ${missing} for stream ${head.numbered.get(number)?.name}`)
  }
  return head
}

const extentHeaderBytes = 512
const blockBytes = 4096

interface Seen {
  readonly head: VmaHead
  /** 1 for each cluster of a device that was found. */
  readonly seen: ReadonlyMap<number, Uint8Array>
}

/** Gives its length in bytes. */
function readExtent(rest: Buffer, { head, seen }: Seen): number {
  if (rest.length < extentHeaderBytes) throw new VmaError(`read short extent (${rest.length} bytes)`)
  const extent = rest.subarray(0, extentHeaderBytes)
  if (!hasOwnSum(extent, 24)) throw new VmaError('wrong vma extent header chechsum')
  if (!extent.subarray(8, 24).equals(head.uuid)) throw new VmaError('wrong vma extent uuid')
  if (extent.toString('latin1', 0, 4) !== 'VMAE') throw new VmaError('wrong vma extent header magic')
  const length = extentHeaderBytes + extent.readUInt16BE(6) * blockBytes
  if (rest.length < length) throw new VmaError(`short vma extent (${rest.length} < ${length})`)
  let blocks = 0
  for (let index = 0; index < extentClusters; index++) {
    const at = 40 + 8 * index
    const device = extent.readUInt8(at + 3)
    if (device === 0) continue
    blocks += bitsIn(extent.readUInt16BE(at))
    take(extent.readUInt32BE(at + 4), device, { head, seen })
  }
  if (extentHeaderBytes + blocks * blockBytes !== length)
    throw new VmaError('vma extent error - missing blocks')
  return length
}

function take(cluster: number, device: number, { head, seen }: Seen): void {
  const clusters = seen.get(device)
  if (!clusters) throw new VmaError(`got wrong dev id ${device}`)
  if (cluster >= clusters.length) throw new VmaError('got wrong block address - write bejond end')
  if (clusters[cluster] === 1)
    throw new VmaError(`found duplicated cluster ${cluster} for stream ${head.numbered.get(device)?.name}`)
  clusters[cluster] = 1
}

const clustersOf = ({ bytes }: VmaDevice): number => Math.ceil(bytes / clusterBytes)

const bitsIn = (mask: number): number => mask.toString(2).replaceAll('0', '').length

/** Whether the MD5 at a place is that of the bytes with zeros in its place. */
function hasOwnSum(bytes: Buffer, at: number): boolean {
  const copy = Buffer.from(bytes)
  copy.fill(0, at, at + 16)
  return createHash('md5')
    .update(copy)
    .digest()
    .equals(bytes.subarray(at, at + 16))
}
