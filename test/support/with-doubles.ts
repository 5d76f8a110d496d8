import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { installDoubles } from './doubles.ts'
import { type ModuleBench, openModuleBench } from './module.ts'

export interface DoublesBench extends ModuleBench {
  /** Makes a file that stands for an empty disk, and gives its path. */
  disk(name: string, megabytes: number): string
}

/** A bench whose host has doubles of these programs; call at the top of a `describe`. */
export function withDoubles(...programs: readonly string[]): () => DoublesBench {
  let bench: DoublesBench | undefined
  beforeAll(async () => {
    bench = await openDoublesBench(programs)
  })
  afterAll(() => bench?.close())
  return () => {
    if (!bench) throw new Error('The bench is open only while tests run.')
    return bench
  }
}

async function openDoublesBench(programs: readonly string[]): Promise<DoublesBench> {
  // The bench's shell reads it when it is started, which is after this function.
  const env = { ...process.env }
  const bench = openModuleBench(undefined, env)
  const { folder } = bench
  // Doubles see paths below a root of their own; this folder is the same below it.
  const root = join(folder, 'host')
  mkdirSync(join(root, dirname(folder)), { recursive: true })
  symlinkSync(folder, join(root, folder))
  env['PATH'] = `${await installDoubles(root, programs)}:${process.env['PATH']}`
  return {
    ...bench,
    disk(name, megabytes) {
      const path = join(folder, name)
      writeFileSync(path, '')
      truncateSync(path, megabytes * 1024 ** 2)
      return path
    },
  }
}
