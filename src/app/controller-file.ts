import { createHash } from 'node:crypto'
import { type Stats, statSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import type { ControllerFile } from '#sdk/controller.ts'
import { TaskFailure } from '#sdk/module.ts'
import type { FileMemory } from './file-memory.ts'
import { openly } from './openly.ts'
import { readInTurns } from './read-in-turns.ts'
import { statusNow } from './status-now.ts'
import { unreadable } from './unreadable.ts'

/** Decrypts a vault file. */
export type Decrypt = (content: Uint8Array, path: string) => Promise<Uint8Array>

interface Opening {
  /** `asStored` leaves vault files encrypted. */
  readonly decrypt: Decrypt | 'asStored' | undefined
  readonly memory: FileMemory
}

/** A file of this machine, ready to be read. Vault files are decrypted; all they tell is of the decrypted content. */
export async function openControllerFile(path: string, options: Opening): Promise<ControllerFile> {
  const status = statusOf(path)
  const { decrypt, memory } = options
  const isPlain = decrypt === 'asStored' || !(await memory.isEncrypted(path, status, () => isEncrypted(path)))
  if (isPlain) return plainFile(path, status, memory)
  if (!decrypt) {
    throw new TaskFailure(`The file ${path} is encrypted: give its password with --vault-password-file.`)
  }
  const encrypted = await readFile(path).catch((cause) => unreadable(path, cause))
  return fileInMemory(path, await decrypt(encrypted, path), status.mode & 0o7777)
}

function statusOf(path: string): Stats {
  try {
    return statusNow(path) ?? statSync(path)
  } catch (cause) {
    return unreadable(path, cause)
  }
}

const markers = ['$ANSIBLE_VAULT;', 'age-encryption.org/v1', '-----BEGIN AGE ENCRYPTED FILE-----']

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

function plainFile(path: string, status: Stats, memory: FileMemory): ControllerFile {
  return {
    kind: 'controller-file',
    path,
    size: status.size,
    mode: status.mode & 0o7777,
    checksum: (algorithm = 'sha256') => memory.sum(path, status, algorithm).wait(),
    prepareChecksum: () => void memory.sum(path, status, 'sha256'),
    read: () =>
      memory.content(path, status, () =>
        openly(() => readFile(path)).catch((cause) => unreadable(path, cause)),
      ),
    stream: (range) => readInTurns(path, range),
  }
}

function fileInMemory(path: string, content: Uint8Array, mode: number): ControllerFile {
  return {
    kind: 'controller-file',
    path,
    size: content.byteLength,
    mode,
    checksum: async (algorithm = 'sha256') => createHash(algorithm).update(content).digest('hex'),
    prepareChecksum: () => undefined,
    read: async () => content,
    async *stream({ from, to } = { from: 0, to: content.byteLength }) {
      yield content.subarray(from, to)
    },
  }
}
