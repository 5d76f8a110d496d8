import type { CommandRow } from './command-row.ts'
import type { OptionRow } from './options.ts'

const json: OptionRow = { flags: '--json', description: 'as JSON', kind: 'flag' }

/** `tsplay backup …` */
export const backupRows: readonly CommandRow[] = [
  {
    name: 'backup simulate',
    summary: 'Show what a rule keeps of the backups of a year, before the first is made.',
    arguments: [],
    options: [
      {
        title: 'Backups:',
        rows: [
          {
            flags: '--keep <rule>',
            description: 'how many stay: last, hourly, daily, weekly, monthly, yearly',
            kind: 'text',
            default: 'last=1,weekly=4,monthly=3',
          },
          {
            flags: '--cron <expression>',
            description: 'when backups are made',
            kind: 'text',
            default: '0 2 * * sun',
          },
          { flags: '--zone <zone>', description: 'of these times', kind: 'text', default: 'Europe/Berlin' },
          { flags: '--months <number>', description: 'for so long', kind: 'integer', default: 12 },
          {
            flags: '--from <date>',
            description: 'beginning here, as 2026-01-31 (default: now)',
            kind: 'text',
          },
          {
            flags: '--min-copies <number>',
            description: 'refuse to leave fewer copies',
            kind: 'integer',
            default: 1,
          },
        ],
      },
      { title: 'Output:', rows: [json] },
    ],
    examples: [
      'tsplay backup simulate',
      'tsplay backup simulate --keep daily=7,weekly=4,yearly=1 --cron @daily --from 2026-01-01',
    ],
    load: async () => (await import('./commands/backup.ts')).backupSimulate,
  },
]
