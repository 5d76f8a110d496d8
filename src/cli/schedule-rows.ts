import type { CommandRow } from './command-row.ts'
import { type OptionGroup, type OptionRow, outputOptions, variableOptions } from './options.ts'

const json: OptionRow = { flags: '--json', description: 'as JSON', kind: 'flag' }

const file: OptionRow = {
  flags: '-f, --file <path>',
  description: 'the file with the schedules',
  kind: 'text',
  default: 'schedules.yml',
  completes: 'files',
}

/** Nobody is there to type a password. */
const vaultFiles = variableOptions.rows.filter(({ flags }) => /^--vault-/.test(flags))

const source: OptionGroup = { title: 'Schedules:', rows: [file, ...vaultFiles] }

const listen: OptionRow = {
  flags: '--listen <address>',
  description: 'where /healthz and /metrics are served: a port of 127.0.0.1, address:port, or off',
  kind: 'text',
  default: '9764',
}

const count = (description: string): OptionRow => ({
  flags: '-n, --last <number>',
  description,
  kind: 'integer',
  default: 20,
})

const name = { name: '<schedule>', description: 'its name' }

/** `tsplay daemon …` and `tsplay schedule …` */
export const scheduleRows: readonly CommandRow[] = [
  {
    name: 'daemon',
    summary: 'Run schedules when they are due, until it is told to end.',
    arguments: [],
    options: [
      source,
      {
        title: 'Daemon:',
        rows: [
          listen,
          {
            flags: '--drain <seconds>',
            description: 'how long to wait for runs when told to end; they go on in any case',
            kind: 'integer',
            default: 30,
          },
        ],
      },
    ],
    examples: ['tsplay daemon', 'tsplay daemon -f schedules.yml --vault-password-file identity.txt'],
    load: async () => (await import('./commands/daemon.ts')).daemon,
  },
  {
    name: 'daemon install',
    summary: 'Write the unit that makes systemd run the daemon of this folder.',
    arguments: [],
    options: [
      {
        title: 'Service:',
        rows: [
          { ...file },
          listen,
          { flags: '--name <name>', description: 'of the service', kind: 'text', default: 'tsplay' },
          {
            flags: '--credential <file>',
            description: 'the password or identity for vault files, handed over by systemd',
            kind: 'text',
            completes: 'files',
          },
          { flags: '--print', description: 'show the unit instead of writing it', kind: 'flag' },
        ],
      },
    ],
    examples: ['tsplay daemon install', 'tsplay daemon install --print'],
    load: async () => (await import('./commands/daemon.ts')).daemonInstall,
  },
  {
    name: 'schedule list',
    summary: 'List schedules, when they are due next, and how they last ended.',
    arguments: [],
    options: [source, { title: 'Output:', rows: [json] }],
    examples: ['tsplay schedule list'],
    load: async () => (await import('./commands/schedule.ts')).scheduleList,
  },
  {
    name: 'schedule next',
    summary: 'Show the coming times, in the zone of the schedule and in UTC.',
    arguments: [{ name: '[schedule]', description: 'only this one' }],
    options: [
      source,
      {
        title: 'How many:',
        rows: [{ flags: '-n, --count <number>', description: 'so many', kind: 'integer', default: 5 }],
      },
    ],
    examples: ['tsplay schedule next weekly-vm-backup -n 10'],
    load: async () => (await import('./commands/schedule.ts')).scheduleNext,
  },
  {
    name: 'schedule run',
    summary: 'Run a schedule now, under its own locks.',
    arguments: [name],
    options: [
      source,
      {
        title: 'For the daemon:',
        rows: [
          {
            flags: '--due <milliseconds>',
            description: 'the time it is for; nothing happens when that has been taken care of',
            kind: 'text',
          },
        ],
      },
      outputOptions,
    ],
    examples: ['tsplay schedule run weekly-vm-backup'],
    load: async () => (await import('./commands/schedule.ts')).scheduleRun,
  },
  {
    name: 'schedule pause',
    summary: 'Start no more runs of a schedule.',
    arguments: [name],
    options: [
      source,
      {
        title: 'How long:',
        rows: [
          {
            flags: '--for <duration>',
            description: '2h, 3d, …; without it, until it is resumed',
            kind: 'text',
          },
        ],
      },
    ],
    examples: ['tsplay schedule pause weekly-vm-backup --for 2w'],
    load: async () => (await import('./commands/schedule.ts')).schedulePause,
  },
  {
    name: 'schedule resume',
    summary: 'Start runs of a paused schedule again.',
    arguments: [name],
    options: [source],
    examples: ['tsplay schedule resume weekly-vm-backup'],
    load: async () => (await import('./commands/schedule.ts')).scheduleResume,
  },
  {
    name: 'schedule history',
    summary: 'Show what became of each time, newest first.',
    arguments: [{ name: '[schedule]', description: 'only this one' }],
    options: [source, { title: 'Output:', rows: [count('so many'), json] }],
    examples: ['tsplay schedule history weekly-vm-backup'],
    load: async () => (await import('./commands/schedule.ts')).scheduleHistory,
  },
]
