import { readFileSync } from 'node:fs'
import type { FactOutput } from '#sdk/fact.ts'

/** What a fact's script printed on a host: `recorded('os', 'debian-12')`. */
export function recorded(fact: string, host: string): FactOutput {
  const file = new URL(`../facts/recorded/${fact}/${host}.txt`, import.meta.url)
  return { rc: 0, stdout: readFileSync(file, 'utf8'), stderr: '' }
}
