import { Argument, Command, type OutputConfiguration } from 'commander'
import { addOptions } from './add-options.ts'
import type { ArgumentRow, CommandRow } from './command-row.ts'
import { commandGroups, commandTable } from './command-table.ts'
import { OptionValues } from './option-values.ts'
import { commonOptions } from './options.ts'

export interface ProgramSetup {
  readonly version: string
  readonly output: OutputConfiguration
  /** Called with the command that was chosen, its words and its options. */
  readonly chosen: (row: CommandRow, words: readonly string[], values: OptionValues) => Promise<void>
}

/** Builds commander's program from the command table. It throws instead of exiting. */
export function buildProgram({ version, output, chosen }: ProgramSetup): Command {
  // Commands copy these settings when they are made, so they come first.
  const program = new Command('tsplay')
    .description('Agentless automation over SSH: YAML playbooks, nothing to install on the hosts.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput(output)
    .exitOverride()
    .showHelpAfterError('Run `tsplay --help` to see the commands.')
  for (const row of commandTable) {
    const command = newCommand(program, row)
    command.action(() => chosen(row, command.args, new OptionValues(command.opts())))
  }
  return program
}

function newCommand(program: Command, row: CommandRow): Command {
  const [first = row.name, second] = row.name.split(' ')
  const parent = second === undefined ? program : groupCommand(program, first)
  const command = parent.command(second ?? first).description(row.summary)
  for (const argument of row.arguments) command.addArgument(argumentOf(argument))
  addOptions(command, [...row.options, commonOptions])
  command.addHelpText('after', `\nExamples:\n${row.examples.map((example) => `  ${example}`).join('\n')}`)
  return command.showHelpAfterError(`Run \`tsplay ${row.name} --help\` to see what it takes.`)
}

function groupCommand(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name)
  if (known !== undefined) return known
  return program
    .command(name)
    .description(commandGroups[name] ?? '')
    .showHelpAfterError(`Run \`tsplay ${name} --help\` to see what there is.`)
}

function argumentOf(row: ArgumentRow): Argument {
  const argument = new Argument(row.name, row.description)
  return row.choices === undefined ? argument : argument.choices(row.choices)
}
