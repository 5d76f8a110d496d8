import { afterAll, beforeAll } from 'vitest'
import type { Change } from '#model/change.ts'
import { type ModuleBench, openModuleBench } from './module.ts'

/** A bench for the tests of one file; call at the top of a `describe`. `tidy` runs before it is closed. */
export function withBench(
  tidy: (bench: ModuleBench) => Promise<unknown> = async () => undefined,
): () => ModuleBench {
  let bench: ModuleBench | undefined
  beforeAll(() => {
    bench = openModuleBench()
  })
  afterAll(async () => {
    if (!bench) return
    await tidy(bench)
    await bench.close()
  })
  return () => {
    if (!bench) throw new Error('The bench is open only while tests run.')
    return bench
  }
}

export const isRoot = process.getuid?.() === 0

export const fieldsOf = ({ changes }: { changes: readonly Change[] }): readonly string[] =>
  changes.map(({ field }) => field)
