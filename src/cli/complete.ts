import tab from '@bomb.sh/tab'
import type { Completion, CompletionRequest } from '#app/requests.ts'
import type { CommandRow } from './command-row.ts'
import { commandGroups, commandTable } from './command-table.ts'
import { commonOptions, type OptionRow } from './options.ts'
import type { UseCases } from './use-cases.ts'

/** Asked of the shell instead of an answer: to complete names of files. */
const letShellCompleteFiles = ':0\n'

/**
 * Answers a shell that asks how its line (without the program's name) may go on. The last word is the one being
 * typed. A project that cannot be read gives no words; a message would end up in the line.
 */
export async function completeLine(words: readonly string[], useCases: UseCases): Promise<void> {
  const wanted = wantedAt(words)
  if (wanted === 'files') {
    process.stdout.write(letShellCompleteFiles)
    return
  }
  const offered = wanted === undefined ? [] : await offer(wanted, words, useCases)
  for (const row of commandTable) register(row, offered)
  for (const [name, summary] of Object.entries(commandGroups)) tab.command(name, summary)
  tab.command('help', 'print the help of a command')
  tab.parse([...words])
}

type Source = CompletionRequest['of'] | 'files'

/** What the word being typed is a name of, as far as that needs more than the command table. */
export function wantedAt(words: readonly string[]): Source | undefined {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const row = commandTable.find(({ name }) => `${before.join(' ')} `.startsWith(`${name} `))
  if (row === undefined) return undefined
  const option = optionOf(row, typed.includes('=') ? typed.replace(/=.*/s, '') : before.at(-1))
  if (option !== undefined && takesValue(option)) return option.completes
  if (typed.startsWith('-')) return undefined
  const operands = operandCount(row, before)
  return (row.arguments[operands] ?? row.arguments.at(-1))?.completes
}

const optionRows = (row: CommandRow): readonly OptionRow[] =>
  [...row.options, commonOptions].flatMap((group) => group.rows)

const takesValue = (option: OptionRow): boolean => option.kind !== 'flag' && option.kind !== 'count'

function optionOf(row: CommandRow, word: string | undefined): OptionRow | undefined {
  if (word === undefined || !word.startsWith('-')) return undefined
  return optionRows(row).find(({ flags }) => flags.split(/[ ,]+/).includes(word))
}

function operandCount(row: CommandRow, before: readonly string[]): number {
  const rest = before.slice(row.name.split(' ').length)
  return rest.filter((word, i) => {
    if (word.startsWith('-')) return false
    const option = optionOf(row, rest[i - 1])
    return option === undefined || !takesValue(option)
  }).length
}

async function offer(
  of: CompletionRequest['of'],
  words: readonly string[],
  useCases: UseCases,
): Promise<readonly Completion[]> {
  const inventories = words.filter((_, i) => words[i - 1] === '-i' || words[i - 1] === '--inventory')
  const playbooks = words.filter((word) => /\.ya?ml$/.test(word) && !inventories.includes(word))
  try {
    return await useCases.complete({ of, hosts: { inventories, unknownHosts: 'warn' }, playbooks })
  } catch {
    return []
  }
}

function register(row: CommandRow, offered: readonly Completion[]): void {
  const command = tab.command(row.name, row.summary)
  const giveOffered = (give: Give): void => {
    for (const { value, description } of offered) give(value, description)
  }
  for (const option of optionRows(row)) {
    const { long, short } = flagNames(option.flags)
    const words = option.choices
    const give = words === undefined ? giveOffered : giveWords(words)
    if (takesValue(option)) command.option(long, option.description, give, short)
    else if (short === undefined) command.option(long, option.description)
    else command.option(long, option.description, short)
  }
  for (const { name, choices } of row.arguments) {
    command.argument(name, choices === undefined ? giveOffered : giveWords(choices), name.includes('...'))
  }
}

type Give = (value: string, description: string) => void

const giveWords =
  (words: readonly string[]) =>
  (give: Give): void => {
    for (const word of words) give(word, '')
  }

function flagNames(flags: string): { long: string; short: string | undefined } {
  return { long: /--([\w-]+)/.exec(flags)?.[1] ?? '', short: /^-(\w)\b/.exec(flags)?.[1] }
}
