import type { ArgumentRow, CommandRow } from './command-row.ts'
import * as o from './options.ts'

const json: o.OptionRow = { flags: '--json', description: 'as JSON', kind: 'flag' }

const which: o.OptionGroup = {
  title: 'Which:',
  rows: [
    { flags: '--kind <kind>', description: 'only of this kind: etcd, config, vm', kind: 'text' },
    { flags: '--of <host>', description: 'only backups of this host', kind: 'text', completes: 'hosts' },
    { flags: '--subject <name>', description: 'only backups of this: a guest, a set of files', kind: 'text' },
  ],
}

const point: ArgumentRow = {
  name: '<point>',
  description: 'an id, a part of one that no other has, or "latest"',
}

/** `tsplay restore …` */
export const restoreRows: readonly CommandRow[] = [
  {
    name: 'restore list',
    summary: 'List what can be restored, newest first.',
    arguments: [],
    options: [which, { title: 'Output:', rows: [json] }],
    examples: ['tsplay restore list', 'tsplay restore list --kind etcd'],
    load: async () => (await import('./commands/restore.ts')).restoreList,
  },
  {
    name: 'restore show',
    summary: 'Show all that is known of a restore point.',
    arguments: [point],
    options: [which, { title: 'Output:', rows: [json] }],
    examples: ['tsplay restore show latest --kind etcd'],
    load: async () => (await import('./commands/restore.ts')).restoreShow,
  },
  {
    name: 'restore run',
    summary: 'Show the plan of a restore, ask, and bring it back.',
    arguments: [point],
    options: [
      which,
      {
        title: 'How:',
        rows: [
          { flags: '--plan', description: 'only show what would be done', kind: 'flag' },
          { flags: '--yes', description: 'ask nobody', kind: 'flag' },
          {
            flags: '--playbook <file>',
            description: 'restores it (default: playbooks/restore-<kind>.yml)',
            kind: 'text',
            completes: 'files',
          },
        ],
      },
      o.hostOptions,
      o.variableOptions,
      o.connectionOptions,
      o.becomeOptions,
      o.outputOptions,
    ],
    examples: ['tsplay restore run latest --kind etcd', 'tsplay restore run config-pve-etc --plan'],
    load: async () => (await import('./commands/restore.ts')).restoreRun,
  },
]
