import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'rolldown'
import { onTestFinished } from 'vitest'
import type { Answer } from '#doubles/answer.ts'
import { findDouble } from '#doubles/catalogue.ts'
import { runDouble } from '#doubles/run-double.ts'
import { writeWrappers } from '#doubles/wrapper.ts'

export interface DoubleBench {
  /** Where the host's files lie. */
  readonly root: string
  /** Runs a program in this process; words are parted by blanks. */
  run(line: string | readonly string[], input?: Uint8Array): Promise<Required<Answer>>
  /** The same, for one that has to succeed: what it printed. */
  ok(line: string | readonly string[]): Promise<string>
}

/** A host's doubles, in a folder that goes with the test. */
export async function doubleBench(): Promise<DoubleBench> {
  const root = await mkdtemp(join(tmpdir(), 'tsplay-doubles-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const run = async (line: string | readonly string[], input?: Uint8Array) => {
    const [program = '', ...args] = typeof line === 'string' ? line.split(' ') : line
    const double = await findDouble(program)
    if (!double) throw new Error(`There is no double of ${program}.`)
    return { exit: 0, stdout: '', stderr: '', ...(await runDouble(double, root, args, input)) }
  }
  const ok = async (line: string | readonly string[]) => {
    const answer = await run(line)
    if (answer.exit !== 0) throw new Error(`${line} ended with ${answer.exit}: ${answer.stderr}`)
    return answer.stdout
  }
  return { root, run, ok }
}

/** A folder with the programs, to be put before others in PATH; their state lies under `root`. */
export async function installDoubles(root: string, programs: readonly string[]): Promise<string> {
  const folder = join(root, 'doubles-bin')
  const file = join(root, 'doubles', 'main.mjs')
  // A file for each family starts several times as fast as its parts, and a test calls programs hundreds of times.
  await build({
    input: join(import.meta.dirname, '../../src/doubles/main.ts'),
    platform: 'node',
    output: {
      dir: dirname(file),
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    },
    logLevel: 'silent',
  })
  await writeWrappers(folder, { node: process.execPath, file, root }, programs)
  return folder
}
