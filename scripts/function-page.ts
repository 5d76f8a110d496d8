import { type FunctionEntry, functionReference } from '#lang/function-reference.ts'
import { cell, code, origin, table } from './markdown.ts'

/** docs/functions.md: the functions of conditions and templates, by group. */
export function functionPage(): string {
  const functions = functionReference()
  const groups = [...new Set(functions.map(({ group }) => group))]
  const sections = groups.map((group) => {
    const rows = functions.filter((one) => one.group === group).map(functionRow)
    return `## ${group}\n\n${table(['function', '', 'in a condition', 'in a template', 'gives'], rows)}`
  })
  return `${origin('src/lang/function-table.ts')}
# Functions

${functions.length} functions. Each works in conditions and \`!expr\` values (CEL), as \`f(x, a)\` and as \`x.f(a)\`, and
in templates (Handlebars), as \`{{f x a}}\`. In a signature \`?\` marks arguments that may be left out and \`…\` one that
may be repeated. \`tsplay doc --functions\` shows the same in a terminal.

${sections.join('\n\n')}
`
}

function functionRow({ signature, summary, example }: FunctionEntry): readonly string[] {
  const { cel, handlebars } = example
  return [
    cellCode(signature),
    cell(summary),
    cellCode(cel),
    handlebars === undefined ? '' : cellCode(handlebars),
    'gives' in example ? cellCode(JSON.stringify(example.gives)) : '',
  ]
}

/** Code with bars or backquotes inside, as tables take it. */
function cellCode(text: string): string {
  return text.includes('`') ? `\`\` ${cell(text)} \`\`` : code(cell(text))
}
