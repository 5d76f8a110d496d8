import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lack } from './backend.ts'

/** Programs, each with the Debian package that brings it. */
export type Programs = Readonly<Record<string, string>>

/** What every lab calls on this machine. */
export const commonPrograms: Programs = {
  openssl: 'openssl',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
}

/** What building an image and fetching packages for it takes. */
export const imagePrograms: Programs = { 'apt-get': 'apt', 'dpkg-deb': 'dpkg', mmdebstrap: 'mmdebstrap' }

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Services, users and empty environments lack the sbin folders; a lab's programs lie there. */
export function searchSystemFolders(): void {
  process.env['PATH'] = [process.env['PATH'], systemPath].filter(Boolean).join(':')
}

/** The programs that the search path does not have, as lacks. */
export async function missingPrograms(programs: Programs, path = process.env['PATH'] ?? ''): Promise<Lack[]> {
  const found = await Promise.all(
    Object.entries(programs).map(async ([name, debian]) =>
      (await search(name, path)) === undefined ? [lackOf(name, debian)] : [],
    ),
  )
  return found.flat()
}

function lackOf(what: string, debian: string): Lack {
  return { what, remedy: `Install the Debian package ${debian}.`, packages: [debian] }
}

/** The absolute path of a program that `missingPrograms` did not miss. */
export async function findProgram(name: string, path = process.env['PATH'] ?? ''): Promise<string> {
  const found = await search(name, path)
  if (found === undefined) throw new Error(`There is no program ${name} in ${path}.`)
  return found
}

function search(name: string, path: string): Promise<string | undefined> {
  const tries = path
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .map((file) => access(file, constants.X_OK).then(() => file))
  return Promise.any(tries).catch(() => undefined)
}
