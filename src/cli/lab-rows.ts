import type { CommandRow } from './command-row.ts'
import type * as o from './options.ts'

const lab: o.OptionGroup = {
  title: 'Lab:',
  rows: [
    {
      flags: '--lab <name>',
      description: 'which lab, when there are several',
      kind: 'text',
      default: 'default',
    },
  ],
}

const backend: o.OptionRow = {
  flags: '--backend <name>',
  description: 'how hosts are made: nspawn (root), userns, sshd (default: the first that this machine can)',
  kind: 'text',
  choices: ['nspawn', 'userns', 'sshd'],
}

const faultOptions: o.OptionGroup = {
  title: 'Fault:',
  rows: [
    { flags: '--exit <code>', description: 'end with this code', kind: 'integer' },
    { flags: '--output <text>', description: 'print this, and nothing else', kind: 'text' },
    { flags: '--stderr <text>', description: 'print this on standard error', kind: 'text' },
    { flags: '--delay <time>', description: 'answer so much later: 500ms, 2s, 1m', kind: 'text' },
    { flags: '--hang', description: 'never answer', kind: 'flag' },
    { flags: '--times <number>', description: 'for so many calls instead of all', kind: 'integer' },
    { flags: '--clear', description: 'take faults back', kind: 'flag' },
  ],
}

const roadOptions: o.OptionGroup = {
  title: 'Road:',
  rows: [
    { flags: '--delay <time>', description: 'added to each direction: 100ms, 2s', kind: 'text' },
    { flags: '--rate <bytes>', description: 'so many bytes a second: 100K, 1M', kind: 'text' },
    {
      flags: '--reorder <time>',
      description: 'up to so much more, by chance: connections overtake each other',
      kind: 'text',
    },
    {
      flags: '--cut',
      description: 'let nothing through and tell nobody; it arrives after --clear',
      kind: 'flag',
    },
    { flags: '--drop', description: 'break the connections there are', kind: 'flag' },
    { flags: '--clear', description: 'as when the lab came up', kind: 'flag' },
  ],
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
    load: async () => (await import('./commands/lab.ts')).labReset,
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
  {
    name: 'lab fault',
    summary: 'Make a double on a lab host fail, or show and clear its faults.',
    arguments: [
      { name: '<host>', description: 'its name', completes: 'lab-hosts' },
      { name: '[program]', description: 'the double; without it, faults are shown' },
      { name: '[words...]', description: 'only for calls that begin with these' },
    ],
    options: [lab, faultOptions],
    examples: [
      'tsplay lab fault pve qm start --exit 255 --stderr "start failed"',
      'tsplay lab fault pve zpool status --hang --times 1',
      'tsplay lab fault pve qm --clear',
    ],
    load: async () => (await import('./commands/lab.ts')).labFault,
  },
  {
    name: 'lab calls',
    summary: 'Show what the doubles of a lab host were called with, one JSON object a line.',
    arguments: [{ name: '<host>', description: 'its name', completes: 'lab-hosts' }],
    options: [lab],
    examples: ['tsplay lab calls pve'],
    load: async () => (await import('./commands/lab.ts')).labCalls,
  },
  {
    name: 'lab road',
    summary: 'Make the road to a lab host slow, narrow or silent.',
    arguments: [{ name: '<host>', description: 'its name', completes: 'lab-hosts' }],
    options: [lab, roadOptions],
    examples: [
      'tsplay lab road web1 --delay 100ms --rate 1M',
      'tsplay lab road web1 --cut',
      'tsplay lab road web1 --clear',
    ],
    load: async () => (await import('./commands/lab.ts')).labRoad,
  },
]
