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
      (await isThere(name, path)) ? [] : [lackOf(name, debian)],
    ),
  )
  return found.flat()
}

function lackOf(what: string, debian: string): Lack {
  return { what, remedy: `Install the Debian package ${debian}.`, packages: [debian] }
}

async function isThere(program: string, path: string): Promise<boolean> {
  const tries = path.split(':').map((folder) => access(join(folder, program), constants.X_OK))
  return Promise.any(tries).then(
    () => true,
    () => false,
  )
}
