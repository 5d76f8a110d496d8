import type { CommandRow } from '#cli/command-row.ts'
import { commandTable } from '#cli/command-table.ts'
import { commonOptions, type OptionGroup, type OptionRow } from '#cli/options.ts'
import { cell, code, origin, table } from './markdown.ts'

/** docs/cli.md: every command with its arguments, options and examples. */
export function cliReference(): string {
  const list = commandTable.map(({ name, summary }) => [
    `[${code(`tsplay ${name}`)}](#${anchor(name)})`,
    cell(summary),
  ])
  return `${origin('src/cli/command-table.ts and src/cli/options.ts')}
# Command line

\`tsplay COMMAND --help\` prints the same in a terminal; \`tsplay --version\` prints the version. How a
command ended is said by its [exit code](exit-codes.md).

${table(['command', ''], list)}

${commandTable.map(commandSection).join('\n\n')}
`
}

const anchor = (name: string): string => `tsplay-${name.replaceAll(' ', '-')}`

function commandSection(row: CommandRow): string {
  const words = row.arguments.map(({ name }) => name)
  const parts = [
    `## tsplay ${row.name}`,
    row.summary,
    `\`\`\`sh\n${['tsplay', row.name, ...words, '[options]'].join(' ')}\n\`\`\``,
    ...(row.arguments.length > 0 ? [argumentTable(row)] : []),
    ...[...row.options, commonOptions].map(optionTable),
    `Examples:\n\n\`\`\`sh\n${row.examples.join('\n')}\n\`\`\``,
  ]
  return parts.join('\n\n')
}

function argumentTable({ arguments: words }: CommandRow): string {
  return table(
    ['argument', ''],
    words.map(({ name, description, choices }) => [
      code(name),
      cell(description) + choiceText(choices, description),
    ]),
  )
}

function optionTable({ title, rows }: OptionGroup): string {
  return table(
    [cell(title.replace(/:$/, '')), ''],
    rows.map((row) => [
      code(row.flags),
      cell(row.description) + choiceText(row.choices, '') + defaultText(row),
    ]),
  )
}

/** Left out where the sentence names the words already. */
function choiceText(choices: readonly string[] | undefined, description: string): string {
  if (choices === undefined || choices.every((choice) => description.includes(choice))) return ''
  return `: ${choices.map(code).join(', ')}`
}

const defaultText = ({ default: given }: OptionRow): string =>
  given === undefined ? '' : ` (default ${code(String(given))})`
