import { diagnosticCodes } from '#model/diagnostic.ts'
import { exitCodes } from '#model/exit-code.ts'
import { cell, code, origin, table } from './markdown.ts'

/** docs/diagnostics.md: every code with its sentence. */
export function diagnosticReference(): string {
  const rows = Object.entries(diagnosticCodes).map(([name, text]) => [code(name), cell(text)])
  return `${origin('src/model/diagnostic.ts')}
# Diagnostics

What can be wrong with a project before any host is touched. All are shown at once, each with its place and, where
one is known, a remedy; an error ends the command with [exit code](exit-codes.md) 4, a warning does not. The codes
are meant for scripts and do not change.

\`\`\`
error[unknown-argument] site.yml:14:7
  13 │     apt:
  14 │       nam: nginx
     │       ^^^
  "apt" has no argument "nam".
  Did you mean "name"? Run \`tsplay doc apt\` to see the arguments it takes.
\`\`\`

${table(['code', ''], rows)}
`
}

/** docs/exit-codes.md: every exit code and what it says. */
export function exitCodeReference(): string {
  const rows = Object.values(exitCodes).map(([number, text]) => [String(number), cell(text)])
  return `${origin('src/model/exit-code.ts')}
# Exit codes

When hosts failed and others were unreachable in one run, it counts as failed. The recap of \`--output json\` has the
same number as \`exit_code\`.

${table(['code', ''], rows)}
`
}
