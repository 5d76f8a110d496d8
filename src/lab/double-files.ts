import { access, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { controlProgram } from '#doubles/control-program.ts'
import { packageFiles } from '#doubles/package-files.ts'
import { programsOf } from '#doubles/programs.ts'
import { HostError } from '#model/host-error.ts'
import type { HostFile } from './host-files.ts'
import type { LabHost } from './lab-plan.ts'

/** Where a host finds what its doubles need. */
const folder = 'opt/tsplay-lab'
/** Before the folders in which Debian has the real programs. */
const programFolder = 'usr/local/sbin'

/**
 * What a host with doubles is given: a script for each program, what its package would bring besides, the files that
 * they run, and Node.js.
 * A program of the folder `real` is taken in a double's place.
 */
export async function doubleFiles(
  host: Pick<LabHost, 'doubles'>,
  real?: string,
): Promise<readonly HostFile[]> {
  const programs = host.doubles.flatMap((name) => programsOf(name) ?? [])
  if (programs.length === 0) return []
  const own = real === undefined ? [] : await readdir(real)
  return [
    ...(await bundle()),
    { path: `${folder}/node`, copyOf: process.execPath, mode: 0o755 },
    ...[...programs, controlProgram].map((program): HostFile => {
      const path = `${programFolder}/${program}`
      if (real !== undefined && own.includes(program))
        return { path, copyOf: join(real, program), mode: 0o755 }
      return { path, text: script(program), mode: 0o755 }
    }),
    ...programs.flatMap((program) => packageFiles[program] ?? []),
  ]
}

/**
 * Where hosts have no file system of their own, `LAB_ROOT` is the folder that stands for it, and this machine's
 * Node.js will do.
 */
const script = (program: string): string => `#!/bin/sh
root=\${LAB_ROOT:-/}
exec "\${root%/}/${folder}/node" "\${root%/}/${folder}/doubles/main.mjs" "$root" ${program} "$@"
`

/** Made by `npm run build`: doubles run where no package is. */
async function bundle(): Promise<readonly HostFile[]> {
  const home = await projectHome(import.meta.dirname)
  const dist = join(home, 'dist', 'doubles')
  const made = await stat(join(dist, 'main.mjs')).catch(() => undefined)
  if (!made || made.mtimeMs < (await newestSource(join(home, 'src', 'doubles')))) {
    throw new HostError('refused', `${dist} is missing or older than its sources.`, {
      remedy: 'Run npm run build.',
    })
  }
  const names = await readdir(dist)
  return names.map((name) => ({ path: `${folder}/doubles/${name}`, copyOf: join(dist, name) }))
}

async function newestSource(sources: string): Promise<number> {
  const names = await readdir(sources, { recursive: true }).catch(() => [])
  const times = await Promise.all(names.map(async (name) => (await stat(join(sources, name))).mtimeMs))
  return Math.max(0, ...times)
}

/** The folder above with a package.json: this file is in src/lab, or somewhere below dist. */
async function projectHome(below: string): Promise<string> {
  const isHome = await access(join(below, 'package.json')).then(
    () => true,
    () => false,
  )
  return isHome || dirname(below) === below ? below : projectHome(dirname(below))
}
