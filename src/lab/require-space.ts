import { mkdir, statfs } from 'node:fs/promises'
import { HostError } from '#model/host-error.ts'

/** Says before long work, and in the words of a person, that a folder's file system is too full for it. */
export async function requireSpace(folder: string, megabytes: number, what: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { bavail, bsize } = await statfs(folder)
  const free = Math.floor((bavail * bsize) / 1e6)
  if (free >= megabytes) return
  throw new HostError(
    'refused',
    `There is no room for ${what}: ${folder} has ${free} MB free of ${megabytes} MB.`,
    {
      remedy: 'Make room there, or remove what labs keep with tsplay lab image remove.',
    },
  )
}
