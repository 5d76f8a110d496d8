import { type Command, InvalidArgumentError, Option } from 'commander'
import type { OptionGroup, OptionRow } from './options.ts'

/** Adds groups of options to a command, each under its heading in the help. */
export function addOptions(command: Command, groups: readonly OptionGroup[]): Command {
  for (const { title, rows } of groups) {
    for (const row of rows) command.addOption(optionOf(row).helpGroup(title))
  }
  return command
}

function optionOf(row: OptionRow): Option {
  const option = new Option(row.flags, row.description)
  if (row.choices !== undefined) option.choices(row.choices)
  if (row.default !== undefined) option.default(row.default)
  if (row.kind === 'list') option.argParser(append)
  if (row.kind === 'words') option.argParser(appendWords)
  if (row.kind === 'integer') option.argParser(integer)
  // commander calls the parser of a flag each time it is given: `-vvv` counts to three.
  if (row.kind === 'count') option.argParser(increment)
  return option
}

const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

const appendWords = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
]

const increment = (_value: string, before = 0): number => before + 1

function integer(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('It has to be a whole number, 0 or more.')
  return Number(value)
}
