import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sourcesFor } from './apt-sources.ts'
import { cacheFolder } from './cache-folder.ts'
import type { ImageKind } from './image-kind.ts'
import { imageOptions } from './image-recipe.ts'
import type { WorkContext } from './lab-report.ts'
import type { Suite } from './lab-spec.ts'
import { requireSpace } from './require-space.ts'
import { runCommand } from './run-command.ts'
import { withWorkFolder } from './with-work-folder.ts'

/** The lowest layer of every host: a small Debian with an init and an SSH server, and no Python. */
export interface BaseImage {
  /** Changes with the recipe; part of the keys of all that is built on the image. */
  readonly key: string
  /** The root of its file system. Never written to. */
  readonly root: string
  readonly sources: string
}

/** What building takes: the image, and for users other than root its archive beside it. */
const imageMegabytes = 600

/** Gives the image for a Debian release, building it with mmdebstrap when this recipe was never built here. */
export async function baseImage(suite: Suite, kind: ImageKind, context: WorkContext): Promise<BaseImage> {
  const key = imageKey(suite, kind.init)
  const folder = join(cacheFolder(), 'images')
  const image = { key, root: join(folder, key), sources: await sourcesFor(suite) }
  await mkdir(folder, { recursive: true })
  // Programs in it that run as root must not be within reach of this machine's users.
  await chmod(folder, 0o700)
  if ((await readdir(folder)).includes(key)) return image
  await requireSpace(cacheFolder(), imageMegabytes, `the base image of ${suite}`)
  context.report({
    step: `Building the base image of Debian ${suite} (once, about half a minute)`,
    slow: true,
  })
  await withWorkFolder(cacheFolder(), (work) => build(image, suite, { kind, work, context }))
  return image
}

export function imageKey(suite: Suite, init: ImageKind['init'], architecture = process.arch): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([suite, architecture, imageOptions(init)]))
    .digest('hex')
  return `${suite}-${init === 'systemd' ? '' : `${init}-`}${digest.slice(0, 12)}`
}

interface Build {
  readonly kind: ImageKind
  readonly work: string
  readonly context: WorkContext
}

/** Renames at the end: a half-built image is never taken for a whole one. */
async function build(image: BaseImage, suite: Suite, { kind, work, context }: Build): Promise<void> {
  const root = join(work, 'root')
  const sources = join(work, 'sources.list')
  const options = context.signal ? { signal: context.signal } : {}
  await writeFile(sources, image.sources)
  const isRoot = kind.asRoot.length === 0
  // Without root, mmdebstrap numbers users in its own way; an archive has them as they are meant.
  const target = isRoot ? root : join(work, 'root.tar')
  const mode = isRoot ? [] : ['--mode=unshare']
  const recipe = [...imageOptions(kind.init), ...(await proxyOptions())]
  await runCommand(['mmdebstrap', ...mode, ...recipe, suite, target, sources], options)
  if (!isRoot) {
    await mkdir(root)
    // Devices cannot be made without root; a host has those of its own /dev.
    const unpack = ['tar', '--extract', `--file=${target}`, `--directory=${root}`, '--exclude=./dev/*']
    await runCommand([...kind.asRoot, ...unpack, '--preserve-permissions', '--same-owner'], options)
  }
  await rename(root, image.root).catch((error: NodeJS.ErrnoException) => {
    // Another process built the same image meanwhile; its image is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

/** mmdebstrap does not read this machine's apt configuration; a proxy set there is passed on. */
async function proxyOptions(): Promise<string[]> {
  const dump = await runCommand(['apt-config', 'dump'])
  return [...dump.matchAll(/^Acquire::\w+::Proxy(?:::[\w.-]+)? ".+";$/gm)].map(([line]) => `--aptopt=${line}`)
}
