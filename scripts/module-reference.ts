import { yamlCodec } from '#load/yaml-codec.ts'
import { type ArgumentRow, argumentRows } from '#report/argument-rows.ts'
import type { ModuleDefinition, ModuleExample } from '#sdk/module.ts'
import { cell, code, origin } from './markdown.ts'
import type { ModuleFile } from './module-files.ts'

/** docs/modules/README.md: every module in one table. */
export function referenceIndex(modules: readonly ModuleFile[]): string {
  const rows = modules.map(
    ({ name, definition }) => `| [${name}](${name}.md) | ${cell(definition.summary)} |`,
  )
  return `${origin('src/modules')}
# Modules

${modules.length} modules. \`tsplay doc NAME\` shows the same pages in a terminal. The prefixes of Ansible's
collections (\`ansible.builtin.\`, \`ansible.posix.\`, \`community.general.\`) may stand before a name.

| module | |
|---|---|
${rows.join('\n')}
`
}

/** docs/modules/<name>.md: what a module does, its arguments, examples as tasks. */
export function referencePage({ name, file, definition }: ModuleFile): string {
  const { summary, description, aliases = [], examples } = definition
  const sections = [
    `# ${name}`,
    summary,
    aliases.length > 0 ? `Also known as ${aliases.map(code).join(', ')}.` : undefined,
    description?.trim(),
    '## Arguments',
    argumentTable({ name, ...definition }),
    '## Check mode',
    checkModeNote(definition),
    ...(examples.length > 0 ? ['## Examples', exampleText(name, examples)] : []),
  ]
  const text = sections.filter((section) => section !== undefined).join('\n\n')
  return `${origin(`src/modules/${file}.ts`)}\n${text}\n`
}

function argumentTable(module: ModuleDefinition & { readonly name: string }): string {
  const rows = argumentRows(module)
  if (rows.length > 0) return rowsTable(rows)
  const isFree = Reflect.get(module.args, 'additionalProperties') !== false
  return isFree ? 'Any names, with any values.' : 'It takes none.'
}

/** Arguments of a module or role in a table. */
export function rowsTable(rows: readonly ArgumentRow[]): string {
  const lines = rows.flatMap((row) => tableRows(row, ''))
  return ['| argument | type | | what it says |', '|---|---|---|---|', ...lines].join('\n')
}

/** A row for the argument, and one for each argument inside of it. */
function tableRows({ name, type, notes, description, inner }: ArgumentRow, above: string): readonly string[] {
  const path = `${above}${name}`
  const row = `| ${code(path)} | ${cell(type)} | ${cell(notes.join('; '))} | ${cell(description)} |`
  return [row, ...inner.flatMap((one) => tableRows(one, `${path}.`))]
}

function checkModeNote({ apply, settles }: ModuleDefinition): string {
  if (!apply) return 'It changes nothing on a host and does the same with `--check`.'
  const compared =
    'With `--check` the host is only read: what would change is reported, and nothing is changed.'
  if (settles === undefined || settles === true) return compared
  if (settles === false) {
    return 'With `--check` it is not carried out. It acts on each call: `when`, its own guards or `changed_when` say when it is needed and what counts as a change.'
  }
  return `${compared} With some arguments it acts on each call.`
}

/** One list of tasks, as it would stand in a playbook. */
function exampleText(name: string, examples: readonly ModuleExample[]): string {
  const tasks = examples.map(({ title, args }) =>
    yamlCodec.stringify([{ name: title, [name]: isEmpty(args) ? null : args }]).replace(/: null\n$/, ':\n'),
  )
  return `\`\`\`yaml\n${tasks.join('\n')}\`\`\``
}

const isEmpty = (args: unknown): boolean =>
  typeof args === 'object' && args !== null && Object.keys(args).length === 0
