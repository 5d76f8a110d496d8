import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Header, type Pack, pack } from 'tar-stream'
import type { TarOptions } from '#sdk/controller.ts'
import { globTest } from '#sdk/glob-test.ts'

interface Packing {
  readonly root: string
  readonly archive: Pack
  isExcluded(path: string): boolean
}

/**
 * A folder's content, or one file, as a tar stream that is made while it is read. Modes, links and times are kept,
 * owners are not.
 */
export async function* tarFolder(path: string, options: TarOptions = {}): AsyncGenerator<Uint8Array> {
  const archive = pack()
  const tests = (options.exclude ?? []).map((pattern) => globTest(pattern.replace(/^\/|\/$/g, '')))
  const only = options.only && withFolders(options.only)
  const packing: Packing = {
    root: path,
    archive,
    isExcluded: (name) =>
      (only !== undefined && !only.has(name)) ||
      tests.some((matches) => matches(name) || matches(basename(name))),
  }
  const packed = packAll(packing).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  for await (const chunk of archive) if (chunk instanceof Uint8Array) yield chunk
  await packed
}

/** The paths with all folders above them. */
function withFolders(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set(paths)
  for (const path of paths)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) all.add(path.slice(0, at))
  return all
}

async function packAll(packing: Packing): Promise<void> {
  const status = await lstat(packing.root)
  if (status.isDirectory()) await packChildren(packing, '')
  else await packEntry({ ...packing, root: join(packing.root, '..') }, basename(packing.root))
  packing.archive.finalize()
}

async function packChildren(packing: Packing, below: string): Promise<void> {
  const names = await readdir(join(packing.root, below))
  for (const name of names.sort()) {
    const path = join(below, name)
    if (!packing.isExcluded(path)) await packEntry(packing, path)
  }
}

async function packEntry(packing: Packing, path: string): Promise<void> {
  const { root, archive } = packing
  const absolute = join(root, path)
  const status = await lstat(absolute)
  const header = { name: path, mode: status.mode & 0o7777, mtime: status.mtime, uid: 0, gid: 0 }
  if (status.isDirectory()) {
    await entry(archive, { ...header, name: `${path}/`, type: 'directory' })
    await packChildren(packing, path)
  } else if (status.isSymbolicLink()) {
    await entry(archive, { ...header, type: 'symlink', linkname: await readlink(absolute) })
  } else if (status.isFile()) {
    const sink = archive.entry({ ...header, type: 'file', size: status.size })
    // A file that grows while it is read would break the archive: only what was announced is packed.
    if (status.size > 0) await pipeline(createReadStream(absolute, { end: status.size - 1 }), sink)
    else sink.end(Buffer.alloc(0))
  }
}

function entry(archive: Pack, header: Partial<Header> & { name: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry(header, (error) => (error ? reject(error) : resolve()))
  })
}
