import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import type { ControllerFile } from '#sdk/controller.ts'
import { TaskFailure } from '#sdk/module.ts'
import { atMost } from './at-most.ts'
import { readInTurns } from './read-in-turns.ts'

/** Decrypts a vault file. */
export type Decrypt = (content: Uint8Array, path: string) => Promise<Uint8Array>
/** Checksums by file, its size and time, and algorithm: kept for a whole run. */
export type ChecksumCache = Map<string, Promise<string>>

interface Opening {
  /** `asStored` leaves vault files encrypted. */
  readonly decrypt: Decrypt | 'asStored' | undefined
  readonly checksums: ChecksumCache
}

/** A file of this machine, ready to be read. Vault files are decrypted; all they tell is of the decrypted content. */
export async function openControllerFile(path: string, options: Opening): Promise<ControllerFile> {
  const status = await stat(path).catch((cause) => unreadable(path, cause))
  const { decrypt } = options
  if (decrypt === 'asStored' || !(await isEncrypted(path))) return plainFile(path, status, options.checksums)
  if (!decrypt) {
    throw new TaskFailure(`The file ${path} is encrypted: give its password with --vault-password-file.`)
  }
  const encrypted = await readFile(path).catch((cause) => unreadable(path, cause))
  return fileInMemory(path, await decrypt(encrypted, path), status.mode & 0o7777)
}

const markers = ['$ANSIBLE_VAULT;', 'age-encryption.org/v1', '-----BEGIN AGE ENCRYPTED FILE-----']

/** Folders may hold more files than a process may have open. */
const openly = atMost(64)

async function isEncrypted(path: string): Promise<boolean> {
  const start = await openly(() => firstBytes(path)).catch((cause) => unreadable(path, cause))
  return markers.some((marker) => start.startsWith(marker))
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

function unreadable(path: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause)
  throw new TaskFailure(`The file ${path} cannot be read: ${why}.`, {}, { cause })
}

function plainFile(path: string, { size, mtimeMs, mode }: Stats, checksums: ChecksumCache): ControllerFile {
  return {
    kind: 'controller-file',
    path,
    size,
    mode: mode & 0o7777,
    checksum(algorithm = 'sha256') {
      const key = `${algorithm}\0${size}\0${mtimeMs}\0${path}`
      const known = checksums.get(key) ?? openly(() => checksumOf(path, algorithm))
      checksums.set(key, known)
      return known
    },
    read: () => openly(() => readFile(path)).catch((cause) => unreadable(path, cause)),
    stream: () => readInTurns(path),
  }
}

async function checksumOf(path: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm)
  try {
    for await (const piece of readInTurns(path)) hash.update(piece)
  } catch (error) {
    unreadable(path, error)
  }
  return hash.digest('hex')
}

function fileInMemory(path: string, content: Uint8Array, mode: number): ControllerFile {
  return {
    kind: 'controller-file',
    path,
    size: content.byteLength,
    mode,
    checksum: async (algorithm = 'sha256') => createHash(algorithm).update(content).digest('hex'),
    read: async () => content,
    async *stream() {
      yield content
    },
  }
}
