import type { ArgumentRow, CommandRow } from './command-row.ts'
import { modeOptions, type OptionRow, outputOptions } from './options.ts'

const json: OptionRow = { flags: '--json', description: 'as JSON', kind: 'flag' }

const run = (name: string, what: string): ArgumentRow => ({
  name,
  description: `${what}: an id, a part of one, "latest", or "latest~2" for the second before it`,
})

const host: OptionRow = {
  flags: '--host <name>',
  description: 'only what concerns this host',
  kind: 'text',
  completes: 'hosts',
}

/** `tsplay history …` */
export const historyRows: readonly CommandRow[] = [
  {
    name: 'history list',
    summary: 'List recorded runs, newest first.',
    arguments: [],
    options: [
      {
        title: 'Which:',
        rows: [
          { flags: '-n, --last <number>', description: 'so many', kind: 'integer', default: 20 },
          host,
          { flags: '--playbook <text>', description: 'with this in the path of a playbook', kind: 'text' },
          { flags: '--schedule <name>', description: 'started by this schedule', kind: 'text' },
          { flags: '--failed', description: 'only those that did not end well', kind: 'flag' },
        ],
      },
      { title: 'Output:', rows: [json] },
    ],
    examples: ['tsplay history list', 'tsplay history list --failed --host web1'],
    load: async () => (await import('./commands/history.ts')).historyList,
  },
  {
    name: 'history show',
    summary: 'Show a recorded run again, as it was or with more detail.',
    arguments: [run('[run]', 'which (default latest)')],
    options: [
      {
        title: 'What to show:',
        rows: [host, ...modeOptions.rows.filter(({ flags }) => flags.includes('--diff'))],
      },
      outputOptions,
    ],
    examples: ['tsplay history show', 'tsplay history show latest~1 -vv --diff'],
    load: async () => (await import('./commands/history.ts')).historyShow,
  },
  {
    name: 'history diff',
    summary: 'Show what came out differently in two runs.',
    arguments: [run('[first]', 'the earlier run; alone, the later one'), run('[second]', 'the later run')],
    options: [{ title: 'Output:', rows: [json] }],
    examples: ['tsplay history diff', 'tsplay history diff latest~5 latest'],
    load: async () => (await import('./commands/history.ts')).historyDiff,
  },
  {
    name: 'history prune',
    summary: 'Remove old records. The newest of each kind of run stays.',
    arguments: [],
    options: [
      {
        title: 'What may go:',
        rows: [
          {
            flags: '--keep <number>',
            description: 'beyond so many of each schedule or set of playbooks',
            kind: 'integer',
          },
          { flags: '--older-than <days>', description: 'and older than this', kind: 'integer' },
          { flags: '--dry-run', description: 'only say what would be removed', kind: 'flag' },
        ],
      },
    ],
    examples: ['tsplay history prune --keep 50 --older-than 90', 'tsplay history prune --keep 5 --dry-run'],
    load: async () => (await import('./commands/history.ts')).historyPrune,
  },
]
