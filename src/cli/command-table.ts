import { backupRows } from './backup-rows.ts'
import type { ArgumentRow, CommandRow } from './command-row.ts'
import { historyRows } from './history-rows.ts'
import { labRows } from './lab-rows.ts'
import * as o from './options.ts'
import { restoreRows } from './restore-rows.ts'
import { scheduleRows } from './schedule-rows.ts'
import { vaultRows } from './vault-rows.ts'

const playbooks: ArgumentRow = {
  name: '<playbook...>',
  description: 'playbook files, run one after the other',
  completes: 'files',
}

const runOptions = [
  o.hostOptions,
  o.selectionOptions,
  o.modeOptions,
  o.variableOptions,
  o.connectionOptions,
  o.becomeOptions,
  o.insteadOptions,
  o.outputOptions,
  o.measuringOptions,
]

const json: o.OptionRow = { flags: '--json', description: 'as JSON', kind: 'flag' }

const planOptions: o.OptionGroup = {
  title: 'Plan:',
  rows: [
    {
      flags: '--exit-code',
      description: 'exit with 7 when something would change or is unknown',
      kind: 'flag',
    },
  ],
}

const execOptions: o.OptionGroup = {
  title: 'What to run:',
  rows: [
    {
      flags: '-m, --module <name>',
      description: 'a module instead of a command',
      kind: 'text',
      completes: 'modules',
    },
    { flags: '-a, --args <text>', description: 'its arguments as one text', kind: 'text' },
    { flags: '--task-timeout <seconds>', description: 'end the command after this time', kind: 'integer' },
    { flags: '--list-hosts', description: 'only list the hosts that match', kind: 'flag' },
  ],
}

const inventoryOptions: o.OptionGroup = {
  title: 'What to show:',
  rows: [
    { flags: '--graph', description: 'groups and hosts as a tree (default)', kind: 'flag' },
    { flags: '--vars', description: 'with their variables in the tree', kind: 'flag' },
    { flags: '--list', description: 'everything, in the form of dynamic inventories', kind: 'flag' },
    { flags: '--host <name>', description: 'all variables of one host', kind: 'text', completes: 'hosts' },
    {
      flags: '--explain <variable>',
      description: 'which file sets a variable, and what it overrides',
      kind: 'text',
    },
    { flags: '-y, --yaml', description: 'YAML instead of JSON', kind: 'flag' },
  ],
}

const testOptions: o.OptionGroup = {
  title: 'Which tests:',
  rows: [
    {
      flags: '--scenario <name>',
      description: 'only scenarios of this name, and those they come after (repeatable)',
      kind: 'words',
    },
    {
      flags: '--suite <release>',
      description: 'on this Debian release, whatever the scenarios say (repeatable)',
      kind: 'words',
    },
    { flags: '--list', description: 'only list the scenarios', kind: 'flag' },
    { flags: '--keep', description: 'leave the hosts up, to look around', kind: 'flag' },
    {
      flags: '--jobs <number>',
      description: 'scenarios at a time (default: what processors and memory allow)',
      kind: 'integer',
    },
  ],
}

/** Every command, in the order of the help. `complete` is the shells' own entrance and not among them. */
export const commandTable: readonly CommandRow[] = [
  {
    name: 'run',
    summary: 'Run playbooks.',
    arguments: [playbooks],
    options: runOptions,
    examples: ['tsplay run site.yml', 'tsplay run site.yml -i inventory/prod -l web -t config --diff'],
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'plan',
    summary: 'Show what a run would change, and change nothing.',
    arguments: [playbooks],
    options: [planOptions, ...runOptions],
    examples: ['tsplay plan site.yml', 'tsplay plan site.yml --exit-code --quiet'],
    load: async () => (await import('./commands/run.ts')).plan,
  },
  {
    name: 'exec',
    summary: 'Run one command or module on many hosts.',
    arguments: [
      { name: '<pattern>', description: 'hosts and groups: web, web:!web3, all', completes: 'hosts' },
      { name: '[words...]', description: 'after --: the command; with -m: the arguments of the module' },
    ],
    options: [
      execOptions,
      o.hostOptions,
      o.modeOptions,
      o.variableOptions,
      o.connectionOptions,
      o.becomeOptions,
      o.outputOptions,
    ],
    examples: ['tsplay exec web -- uptime', 'tsplay exec db -b -m service name=postgresql state=restarted'],
    load: async () => (await import('./commands/exec.ts')).exec,
  },
  {
    name: 'inventory',
    summary: 'Show hosts, groups and where a variable comes from.',
    arguments: [{ name: '[group]', description: 'with --graph: start at this group', completes: 'hosts' }],
    options: [inventoryOptions, o.hostOptions, o.variableOptions],
    examples: ['tsplay inventory', 'tsplay inventory --explain ssh_port --host web1'],
    load: async () => (await import('./commands/inventory.ts')).inventory,
  },
  {
    name: 'validate',
    summary: 'Find every mistake that can be found without a connection.',
    arguments: [playbooks],
    options: [o.hostOptions, o.variableOptions, o.outputOptions],
    examples: ['tsplay validate site.yml'],
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'doc',
    summary: 'Describe modules, functions and roles.',
    arguments: [
      {
        name: '[module]',
        description: 'the page of this module; without it, the list of all',
        completes: 'modules',
      },
    ],
    options: [
      {
        title: 'What to show:',
        rows: [
          { flags: '--functions', description: 'the functions of templates and conditions', kind: 'flag' },
          {
            flags: '--role <name>',
            description: 'a role of this project and its arguments',
            kind: 'text',
            completes: 'roles',
          },
          { flags: '--roles', description: 'all roles of this project', kind: 'flag' },
          json,
        ],
      },
    ],
    examples: ['tsplay doc', 'tsplay doc apt', 'tsplay doc --functions', 'tsplay doc --role web'],
    load: async () => (await import('./commands/doc.ts')).doc,
  },
  {
    name: 'schema',
    summary: 'Print a JSON Schema that editors check YAML files with.',
    arguments: [
      {
        name: '[of]',
        description: 'playbook (default), inventory or schedules',
        choices: ['playbook', 'inventory', 'schedules'],
      },
    ],
    options: [],
    examples: ['tsplay schema playbook > .vscode/playbook.schema.json'],
    load: async () => (await import('./commands/schema.ts')).schema,
  },
  ...historyRows,
  ...scheduleRows,
  ...backupRows,
  ...restoreRows,
  ...vaultRows,
  ...labRows,
  {
    name: 'test',
    summary: 'Test roles on throwaway hosts: plan, run, run again, verify.',
    arguments: [
      { name: '[roles...]', description: 'names of roles (default: all with scenarios)', completes: 'roles' },
    ],
    options: [testOptions, o.variableOptions, o.outputOptions],
    examples: [
      'tsplay test',
      'tsplay test web --keep',
      'tsplay test web --suite trixie --output junit=report.xml',
    ],
    load: async () => (await import('./commands/test.ts')).test,
  },
  {
    name: 'completion',
    summary: 'Print a script that makes a shell complete tsplay commands.',
    arguments: [
      {
        name: '<shell>',
        description: 'bash, zsh, fish or powershell',
        choices: ['bash', 'zsh', 'fish', 'powershell'],
      },
    ],
    options: [],
    examples: ['source <(tsplay completion bash)'],
    load: async () => (await import('./commands/completion.ts')).completion,
  },
]

/** One line for each group of commands. */
export const commandGroups: Readonly<Record<string, string>> = {
  history: 'What was run here, and what came of it.',
  vault: 'Encrypted files and values.',
  schedule: 'What is due when, and what became of it.',
  backup: 'What is kept of backups.',
  restore: 'What can be restored, and bringing it back.',
  lab: 'Throwaway hosts on this machine, to try playbooks on.',
}
