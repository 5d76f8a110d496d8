import type { CommandRow } from './command-row.ts'
import { lab, labFaultRows } from './lab-fault-rows.ts'
import type * as o from './options.ts'

const backend: o.OptionRow = {
  flags: '--backend <name>',
  description: 'how hosts are made: nspawn (root), userns, sshd (default: the first that this machine can)',
  kind: 'text',
  choices: ['nspawn', 'userns', 'sshd'],
}

/** `tsplay lab …` */
export const labRows: readonly CommandRow[] = [
  {
    name: 'lab up',
    summary: 'Start throwaway hosts on this machine.',
    arguments: [{ name: '[hosts...]', description: 'their names (default web1 web2 db1)' }],
    options: [
      lab,
      {
        title: 'Hosts:',
        rows: [
          { flags: '--hosts <number>', description: 'so many hosts instead of three', kind: 'integer' },
          {
            flags: '-f, --file <lab.yml>',
            description: 'a file with hosts, groups and packages (default lab.yml, if there is one)',
            kind: 'text',
            completes: 'files',
          },
          backend,
          {
            flags: '--real <folder>',
            description: 'programs in it take the place of doubles with the same names',
            kind: 'text',
            completes: 'files',
          },
        ],
      },
    ],
    examples: ['tsplay lab up', 'tsplay lab up web1 web2 db1', 'tsplay lab up -f lab.yml --backend userns'],
    load: async () => (await import('./commands/lab.ts')).labUp,
  },
  {
    name: 'lab down',
    summary: 'Stop lab hosts and remove all they left.',
    arguments: [],
    options: [lab],
    examples: ['tsplay lab down'],
    load: async () => (await import('./commands/lab.ts')).labDown,
  },
  {
    name: 'lab status',
    summary: 'Show the lab hosts and their addresses.',
    arguments: [],
    options: [lab, { title: 'Output:', rows: [{ flags: '--json', description: 'as JSON', kind: 'flag' }] }],
    examples: ['tsplay lab status'],
    load: async () => (await import('./commands/lab.ts')).labStatus,
  },
  {
    name: 'lab ssh',
    summary: 'Log in to a lab host, or run a command there.',
    arguments: [
      { name: '<host>', description: 'its name', completes: 'lab-hosts' },
      { name: '[command...]', description: 'after --: a command' },
    ],
    options: [lab],
    examples: ['tsplay lab ssh web1', 'tsplay lab ssh web1 -- systemctl status nginx'],
    load: async () => (await import('./commands/lab.ts')).labSsh,
  },
  {
    name: 'lab exec',
    summary: 'Run a command as root on lab hosts, without SSH.',
    arguments: [{ name: '[words...]', description: 'hosts (default all), then -- and the command' }],
    options: [lab],
    examples: ['tsplay lab exec -- uptime', 'tsplay lab exec web1 web2 -- journalctl -n 20'],
    load: async () => (await import('./commands/lab.ts')).labExec,
  },
  {
    name: 'lab reset',
    summary: 'Make lab hosts as they were on their first day.',
    arguments: [{ name: '[hosts...]', description: 'their names (default all)', completes: 'lab-hosts' }],
    options: [lab],
    examples: ['tsplay lab reset web1'],
    load: async () => (await import('./commands/lab.ts')).labPower('reset'),
  },
  {
    name: 'lab logs',
    summary: 'Show what a lab host said since it was started, or its keeper.',
    arguments: [{ name: '[host]', description: 'its name (default the keeper)', completes: 'lab-hosts' }],
    options: [lab],
    examples: ['tsplay lab logs web1', 'tsplay lab logs'],
    load: async () => (await import('./commands/lab.ts')).labLogs,
  },
  {
    name: 'lab image',
    summary: 'List, build or remove what labs keep: images, layers, packages.',
    arguments: [
      { name: '<action>', description: 'list, build or remove', choices: ['list', 'build', 'remove'] },
      { name: '[suites...]', description: 'releases of Debian (default bookworm; of remove: all)' },
    ],
    options: [{ title: 'Image:', rows: [backend] }],
    examples: ['tsplay lab image list', 'tsplay lab image build bullseye trixie', 'tsplay lab image remove'],
    load: async () => (await import('./commands/lab.ts')).labImage,
  },
  ...labFaultRows,
]
