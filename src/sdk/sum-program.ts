import type { SumAlgorithm } from './checksum-text.ts'
import { raw, type Script } from './quote.ts'

/** A command that reads stdin and prints its checksum as the first word of its output. */
export function sumProgram(algorithm: SumAlgorithm): Script {
  const bits = algorithm.replace('sha', '')
  const perl = algorithm === 'md5' ? 'false' : `command -v shasum >/dev/null 2>&1`
  return raw(`if command -v ${algorithm}sum >/dev/null 2>&1; then ${algorithm}sum
elif ${perl}; then shasum -a ${bits}
else openssl dgst -${algorithm} -r; fi`)
}
