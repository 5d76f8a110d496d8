import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { cacheFolder } from './cache-folder.ts'
import { stateRoot } from './lab-plan.ts'
import { readState } from './lab-state.ts'
import { removeFiles } from './remove-files.ts'
import { runCommand } from './run-command.ts'

/** Something that labs made once and keep. */
export interface CachedPart {
  readonly kind: 'image' | 'layer' | 'packages' | 'lists' | 'node'
  /** Starts with the release of an image or the name of a layer. */
  readonly key: string
  readonly path: string
  readonly bytes: number
  readonly madeAt: Date
}

const folders = [
  ['image', 'images'],
  ['layer', 'layers'],
  ['packages', 'packages'],
  ['lists', 'lists'],
  ['node', 'node'],
] as const

/** All that this user's labs keep between each other, images first. */
export async function cachedParts(): Promise<CachedPart[]> {
  const parts = await Promise.all(folders.map(([kind, name]) => partsIn(kind, join(cacheFolder(), name))))
  return parts.flat()
}

async function partsIn(kind: CachedPart['kind'], folder: string): Promise<CachedPart[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return Promise.all(
    names.sort().map(async (key) => {
      const path = join(folder, key)
      // Folders of a host's users cannot be looked into without root; du says so and counts the rest.
      const sizes = await runCommand(['sh', '-c', 'du -sk "$1" 2>/dev/null || true', 'du', path])
      return { kind, key, path, bytes: Number.parseInt(sizes, 10) * 1024, madeAt: (await stat(path)).mtime }
    }),
  )
}

/**
 * Removes what was made for these releases, or everything: images, and with them all layers and packages, which
 * stand on images. Refuses while a lab stands on one of them. Gives what it removed.
 */
export async function removeCached(suites: readonly string[]): Promise<CachedPart[]> {
  const isWanted = ({ kind, key }: CachedPart) =>
    kind !== 'image' || suites.length === 0 || suites.some((suite) => key.startsWith(`${suite}-`))
  const wanted = (await cachedParts()).filter(isWanted)
  if (!wanted.some(({ kind }) => kind === 'image') && suites.length > 0) return []
  const user = await userOf(wanted)
  if (user !== undefined) {
    throw new HostError('refused', `The lab "${user}" stands on an image that was to be removed.`, {
      remedy: 'Take it down first.',
    })
  }
  for (const part of wanted) await removeFiles(part.path)
  return wanted
}

async function userOf(parts: readonly CachedPart[]): Promise<string | undefined> {
  const root = stateRoot()
  const labs = await readdir(root).catch(() => [])
  const states = await Promise.all(labs.map((lab) => readState(join(root, lab))))
  const used = states.find((state) => {
    const paths = [...Object.values(state?.lowers ?? {}).flat(), ...Object.values(state?.packages ?? {})]
    return parts.some(({ path }) => paths.includes(path))
  })
  return used?.plan.spec.name
}
