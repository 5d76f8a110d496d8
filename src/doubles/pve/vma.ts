import { createHash, randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'

export interface VmaDevice {
  /** `drive-scsi0` */
  readonly name: string
  readonly bytes: number
}

export interface VmaContent {
  /** The machine's configuration, as `qemu-server.conf`. */
  readonly config: string
  readonly devices: readonly VmaDevice[]
}

/** Bytes of a cluster, of a header without its blobs, and clusters of an extent: pve-qemu, `vma.h`. */
export const clusterBytes = 65_536
export const headerBytes = 12_288
export const extentClusters = 59

/**
 * An archive of a machine whose disks hold nothing but zeros, compressed: what Proxmox calls `.vma.zst`. pve-qemu,
 * `vma_spec.txt`: a header with an MD5 of itself, then extents of 59 clusters of 64 KiB; a cluster of zeros takes no
 * space, only its place in an extent's table.
 */
export function writeVma({ config, devices }: VmaContent, createdAt: number): Buffer {
  const uuid = randomBytes(16)
  const blobs = new Blobs()
  const head = Buffer.alloc(headerBytes)
  head.write('VMA\0', 0, 'latin1')
  head.writeUInt32BE(1, 4)
  uuid.copy(head, 8)
  head.writeBigUInt64BE(BigInt(createdAt), 24)
  head.writeUInt32BE(blobs.add('qemu-server.conf\0'), 2044)
  head.writeUInt32BE(blobs.add(config), 3068)
  for (const [index, { name, bytes }] of devices.entries()) {
    // Devices count from 1. Each takes 32 bytes: the name's place, 4 reserved, the size, 16 reserved.
    const at = 4096 + 32 * (index + 1)
    head.writeUInt32BE(blobs.add(`${name}\0`), at)
    head.writeBigUInt64BE(BigInt(bytes), at + 8)
  }
  const blob = blobs.buffer()
  const size = Math.ceil((headerBytes + blob.length) / 512) * 512
  head.writeUInt32BE(headerBytes, 48)
  head.writeUInt32BE(blob.length, 52)
  head.writeUInt32BE(size, 56)
  const header = Buffer.concat([head, blob], size)
  createHash('md5').update(header).digest().copy(header, 32)
  const all = Buffer.concat([header, ...extentsOf(devices, uuid)])
  return zstdCompressSync(all, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
}

/** Length and bytes, one after the other; the first byte stands for "none". */
class Blobs {
  readonly #parts: Buffer[] = [Buffer.alloc(1)]
  #length = 1

  add(text: string): number {
    const bytes = Buffer.from(text, 'utf8')
    const length = Buffer.alloc(2)
    length.writeUInt16LE(bytes.length)
    const at = this.#length
    this.#parts.push(length, bytes)
    this.#length += 2 + bytes.length
    return at
  }

  buffer(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

function extentsOf(devices: readonly VmaDevice[], uuid: Buffer): Buffer[] {
  const clusters = devices.flatMap(({ bytes }, index) =>
    Array.from({ length: Math.ceil(bytes / clusterBytes) }, (_, number) => [index + 1, number] as const),
  )
  const extents: Buffer[] = []
  for (let from = 0; from < clusters.length; from += extentClusters) {
    const extent = Buffer.alloc(512)
    extent.write('VMAE', 0, 'latin1')
    uuid.copy(extent, 8)
    clusters.slice(from, from + extentClusters).forEach(([device, number], index) => {
      // A mask of no block, the device, the number of the cluster.
      extent.writeUInt16BE(0, 40 + 8 * index)
      extent.writeUInt8(device, 40 + 8 * index + 3)
      extent.writeUInt32BE(number, 40 + 8 * index + 4)
    })
    createHash('md5').update(extent).digest().copy(extent, 24)
    extents.push(extent)
  }
  return extents
}
