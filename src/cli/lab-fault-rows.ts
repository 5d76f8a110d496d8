import type { CommandRow } from './command-row.ts'
import type * as o from './options.ts'

/** Every command of the lab has it. */
export const lab: o.OptionGroup = {
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

const hosts = { name: '<hosts...>', description: 'their names', completes: 'lab-hosts' } as const
const host = { name: '<host>', description: 'its name', completes: 'lab-hosts' } as const

/** Commands of `tsplay lab` that make something go wrong. */
export const labFaultRows: readonly CommandRow[] = [
  {
    name: 'lab fault',
    summary: 'Make a double on a lab host fail, or show and clear its faults.',
    arguments: [
      host,
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
    arguments: [host],
    options: [lab],
    examples: ['tsplay lab calls pve'],
    load: async () => (await import('./commands/lab.ts')).labCalls,
  },
  {
    name: 'lab road',
    summary: 'Make the road to a lab host slow, narrow or silent.',
    arguments: [host],
    options: [lab, roadOptions],
    examples: [
      'tsplay lab road web1 --delay 100ms --rate 1M',
      'tsplay lab road web1 --cut',
      'tsplay lab road web1 --clear',
    ],
    load: async () => (await import('./commands/lab.ts')).labRoad,
  },
  {
    name: 'lab freeze',
    summary: 'Stop all that runs on lab hosts; connections stay open and silent.',
    arguments: [hosts],
    options: [lab],
    examples: ['tsplay lab freeze web1'],
    load: async () => (await import('./commands/lab.ts')).labPower('freeze'),
  },
  {
    name: 'lab thaw',
    summary: 'Let frozen lab hosts go on.',
    arguments: [hosts],
    options: [lab],
    examples: ['tsplay lab thaw web1'],
    load: async () => (await import('./commands/lab.ts')).labPower('thaw'),
  },
  {
    name: 'lab kill',
    summary: 'Cut the power of lab hosts; they stay off, with the files they have.',
    arguments: [hosts],
    options: [lab],
    examples: ['tsplay lab kill db1'],
    load: async () => (await import('./commands/lab.ts')).labPower('kill'),
  },
  {
    name: 'lab reboot',
    summary: 'Cut the power of lab hosts, if it is on, and boot them with the files they have.',
    arguments: [hosts],
    options: [lab],
    examples: ['tsplay lab reboot db1'],
    load: async () => (await import('./commands/lab.ts')).labPower('reboot'),
  },
  {
    name: 'lab fill',
    summary: 'Fill the disk of a lab host, or some of its folders, and make room again.',
    arguments: [host, { name: '[folders...]', description: 'absolute paths (default the whole disk)' }],
    options: [
      lab,
      {
        title: 'Disk:',
        rows: [
          { flags: '--leave <bytes>', description: 'so much room: 100K, 1M (default none)', kind: 'text' },
          { flags: '--clear', description: 'make room again', kind: 'flag' },
        ],
      },
    ],
    examples: ['tsplay lab fill web1', 'tsplay lab fill db1 /var --leave 1M', 'tsplay lab fill web1 --clear'],
    load: async () => (await import('./commands/lab.ts')).labFill,
  },
  {
    name: 'lab clock',
    summary: 'Boot a lab host whose uptime and monotonic clock are ahead.',
    arguments: [host, { name: '<ahead>', description: 'by how much: 90s, 10m, 5h, 3d' }],
    options: [lab],
    examples: ['tsplay lab clock web1 90d'],
    load: async () => (await import('./commands/lab.ts')).labClock,
  },
]
