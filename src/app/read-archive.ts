import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import type { ArchiveEntry, ArchiveFormat, ControllerArchive, ControllerFile } from '#sdk/controller.ts'
import { TaskFailure } from '#sdk/module.ts'
import { type ZipEntry, zipEntries } from './zip-entries.ts'

const magic: readonly (readonly [ArchiveFormat, string])[] = [
  ['tar.gz', '1f8b'],
  ['tar.bz2', '425a68'],
  ['tar.xz', 'fd377a585a00'],
  ['tar.zst', '28b52ffd'],
  ['zip', '504b0304'],
  ['zip', '504b0506'],
]

/** What an archive on this machine holds; all of it is read once. Throws TaskFailure for what is no archive. */
export async function readArchive(file: ControllerFile): Promise<ControllerArchive> {
  const format = await formatOf(file.path)
  try {
    return { format, entries: format === 'zip' ? await readZip(file.path) : await readTar(file.path, format) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new TaskFailure(`The archive ${file.path} cannot be read: ${why}`, {}, { cause: error })
  }
}

async function formatOf(path: string): Promise<ArchiveFormat> {
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return magic.find(([, bytes]) => buffer.toString('hex').startsWith(bytes))?.[0] ?? 'tar'
  } finally {
    await file.close()
  }
}

async function readTar(path: string, format: ArchiveFormat): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = []
  const reader = extract()
  reader.on('entry', (header, stream, next) => {
    sumOf(stream).then((sum) => {
      const entry = tarEntry(header, sum)
      if (entry) entries.push(entry)
      next()
    }, next)
  })
  await pipeline(plainBytes(path, format), reader)
  return entries
}

/** The archive's bytes, uncompressed. Node knows some formats, programs of this machine the others. */
function plainBytes(path: string, format: ArchiveFormat): NodeJS.ReadableStream {
  const file = createReadStream(path)
  if (format === 'tar.gz') return through(file, createGunzip())
  if (format === 'tar.zst') return through(file, createZstdDecompress())
  if (format === 'tar') return file
  file.destroy()
  return Readable.from(decompressed(format === 'tar.bz2' ? 'bzip2' : 'xz', path))
}

/** What comes out at the other end, failures of the first included. */
function through<T extends Duplex>(bytes: Readable, filter: T): T {
  bytes.on('error', (error) => filter.destroy(error))
  return bytes.pipe(filter)
}

async function* decompressed(program: string, path: string): AsyncGenerator<Buffer> {
  const child = spawn(program, ['-dc', '--', path], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', () => reject(new Error(`it needs the program ${program} here.`)))
    child.on('close', (rc) => (rc === 0 ? resolve() : reject(new Error(`${program} failed.`))))
  })
  ended.catch(() => undefined)
  for await (const chunk of child.stdout) yield chunk
  await ended
}

async function sumOf(stream: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) if (chunk instanceof Uint8Array) hash.update(chunk)
  return hash.digest('hex')
}

function tarEntry(
  { name, type, mode, size, mtime, linkname }: Header,
  sum: string,
): ArchiveEntry | undefined {
  const common = { path: cleanPath(name), mode: (mode ?? 0) & 0o7777, modified: mtime ?? new Date(0) }
  if (common.path === '') return undefined
  if (type === 'directory') return { ...common, type: 'directory' }
  if (type === 'symlink') return { ...common, type: 'link', target: linkname ?? '' }
  if (type === 'link') return { ...common, type: 'hard link', target: cleanPath(linkname ?? '') }
  return type === 'file' || type === 'contiguous-file'
    ? { ...common, type: 'file', size: size ?? 0, sum }
    : undefined
}

/** As programs that extract take them: without `./` and `/` in front, and without a slash at the end. */
const cleanPath = (name: string): string =>
  name
    .replace(/^(\.?\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '')

async function readZip(path: string): Promise<readonly ArchiveEntry[]> {
  const file = await open(path, 'r')
  try {
    const entries: ArchiveEntry[] = []
    for (const entry of await zipEntries(file)) entries.push(await zipEntry(entry, file, path))
    return entries.filter((entry) => entry.path !== '')
  } finally {
    await file.close()
  }
}

async function zipEntry(entry: ZipEntry, file: FileHandle, path: string): Promise<ArchiveEntry> {
  const { size, unixMode, modified } = entry
  const isFolder = entry.path.endsWith('/')
  const common = {
    path: cleanPath(entry.path),
    mode: unixMode & 0o7777 || (isFolder ? 0o755 : 0o644),
    modified,
  }
  if (isFolder) return { ...common, type: 'directory' }
  const content = await zipContent(entry, file, path)
  if ((unixMode & 0o170000) === 0o120000) {
    return { ...common, type: 'link', target: await textOf(content) }
  }
  return { ...common, type: 'file', size, sum: await sumOf(content) }
}

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Before the content stands a header of its own, whose length may differ from the directory's. */
async function zipContent(
  { offset, compressedSize, method, path: name }: ZipEntry,
  file: FileHandle,
  path: string,
): Promise<AsyncIterable<Buffer>> {
  if (method !== 0 && method !== 8) throw new Error(`${name} is compressed in an unusual way (${method}).`)
  if (compressedSize === 0) return Readable.from([])
  const { buffer } = await file.read(Buffer.alloc(30), 0, 30, offset)
  const start = offset + 30 + buffer.readUInt16LE(26) + buffer.readUInt16LE(28)
  const bytes = createReadStream(path, { start, end: start + compressedSize - 1 })
  return method === 8 ? through(bytes, createInflateRaw()) : bytes
}
