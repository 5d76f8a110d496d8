import { access, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { controlProgram } from '#doubles/control-program.ts'
import { packageFiles } from '#doubles/package-files.ts'
import { programsOf } from '#doubles/programs.ts'
import { HostError } from '#model/host-error.ts'
import type { HostFile } from './host-files.ts'
import type { ImageKind } from './image-kind.ts'
import type { LabHost } from './lab-plan.ts'
import { lentFolder } from './lent-node.ts'
import { serviceControl } from './service-control.ts'

/** Before the folders in which Debian has the real programs. */
const programFolder = 'usr/local/sbin'
/** Those that everybody has in the search path, not only root. */
const forUsers: readonly string[] = ['systemctl']

interface DoubleOptions {
  /** What the host stands on; undefined where it has no system of its own. */
  readonly image: ImageKind | undefined
  /** A folder of programs: one of them is taken in the place of a double of its name. */
  readonly real?: string | undefined
}

/**
 * What a host with doubles is given: a script for each program, what its package would bring besides, and the files
 * that they run. Node.js comes from a layer, see `lent-node.ts`.
 */
export async function doubleFiles(
  host: Pick<LabHost, 'doubles'>,
  { image, real }: DoubleOptions,
): Promise<readonly HostFile[]> {
  const programs = stoodInFor(host.doubles, image)
  if (programs.length === 0) return []
  const own = real === undefined ? [] : await readdir(real)
  const node = image ? `/${lentFolder}/node` : process.execPath
  return [
    ...(await bundle()),
    ...openFiles,
    ...[...programs, controlProgram].map((program): HostFile => {
      const path = `${forUsers.includes(program) ? 'usr/local/bin' : programFolder}/${program}`
      if (real !== undefined && own.includes(program))
        return { path, copyOf: join(real, program), mode: 0o755 }
      return { path, text: script(program, node), mode: 0o755 }
    }),
    ...programs.flatMap((program) => packageFiles[program] ?? []),
    ...(image && programs.includes('systemctl') ? serviceControl : []),
  ]
}

/** The programs that a host gets doubles of: one with systemd needs no stand-in for what is systemd's. */
export function stoodInFor(doubles: readonly string[], image: ImageKind | undefined): readonly string[] {
  const own = image?.init === 'systemd' ? (programsOf('systemd') ?? []) : []
  return doubles.flatMap((name) => programsOf(name) ?? []).filter((program) => !own.includes(program))
}

/** Whoever calls a double leaves a record, and may use up a fault. */
const openFiles: readonly HostFile[] = [
  { path: 'var/lib/tsplay-lab/doubles/calls.jsonl', text: '', mode: 0o666 },
  { path: 'var/lib/tsplay-lab/doubles/faults.json', text: '{"faults":[]}\n', mode: 0o666 },
]

/** Where hosts have no file system of their own, `LAB_ROOT` is the folder that stands for it. */
const script = (program: string, node: string): string => `#!/bin/sh
root=\${LAB_ROOT:-/}
exec '${node}' "\${root%/}/${lentFolder}/doubles/main.mjs" "$root" ${program} "$@"
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
  return names.map((name) => ({ path: `${lentFolder}/doubles/${name}`, copyOf: join(dist, name) }))
}

async function newestSource(sources: string): Promise<number> {
  const names = await readdir(sources, { recursive: true }).catch(() => [])
  const programs = names.filter((name) => name.endsWith('.ts'))
  const times = await Promise.all(programs.map(async (name) => (await stat(join(sources, name))).mtimeMs))
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
