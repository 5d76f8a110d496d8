import type { Answer } from './answer.ts'
import { findDouble } from './catalogue.ts'
import { controlDoubles } from './control-doubles.ts'
import { controlProgram } from './control-program.ts'
import { runDouble } from './run-double.ts'

/** `node main.ts ROOT PROGRAM ARGUMENT…` answers as PROGRAM would on the host whose files lie under ROOT. */
async function main([root = '/', program = '', ...args]: readonly string[]): Promise<Answer> {
  if (program === controlProgram) return controlDoubles(root, args)
  const double = await findDouble(program)
  if (!double) return { exit: 127, stderr: `There is no double of "${program}".\n` }
  return runDouble(double, root, args)
}

/** Ends as programs do when their reader has gone. */
process.stdout.on('error', () => process.exit(141))
const answer = await main(process.argv.slice(2))
process.stderr.write(answer.stderr ?? '')
process.stdout.write(answer.stdout ?? '')
process.exitCode = answer.exit ?? 0
