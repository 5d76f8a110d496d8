import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What runs a double: all paths as the host sees them. */
export interface Runner {
  readonly node: string
  /** `main.ts` of this room, or the one file it was bundled into. */
  readonly file: string
  /** Where the host's files lie: `/` on a host with a file system of its own. */
  readonly root: string
}

/** The script that stands in a host's search path under the program's name. */
export function wrapperScript({ node, file, root }: Runner, program: string): string {
  return `#!/bin/sh\nexec ${[node, file, root, program].map(quote).join(' ')} "$@"\n`
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Writes the scripts of these programs into a folder. */
export async function writeWrappers(
  folder: string,
  runner: Runner,
  programs: readonly string[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const program of programs) {
    await writeFile(join(folder, program), wrapperScript(runner, program), { mode: 0o755 })
  }
}
