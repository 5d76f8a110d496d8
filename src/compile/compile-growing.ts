import { type CompileResult, compile } from './compile.ts'
import type { CompileInput } from './compile-request.ts'

/**
 * Compiles; where imports lead to files that were not read because their names hold variables, it has them read
 * and compiles again, until nothing new is found.
 */
export async function compileGrowing(input: CompileInput): Promise<CompileResult> {
  const asked = new Set<string>()
  let grown = input
  for (;;) {
    const result = compile(grown)
    const fresh = result.wanted.filter((wanted) => !asked.has(JSON.stringify(wanted)))
    if (fresh.length === 0) return result
    for (const wanted of fresh) {
      asked.add(JSON.stringify(wanted))
      grown = { ...grown, ...(await input.request.grow(grown.project, wanted)) }
    }
  }
}
