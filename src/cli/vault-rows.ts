import type { CommandRow } from './command-row.ts'
import { type OptionGroup, type OptionRow, variableOptions } from './options.ts'

const keyRows = variableOptions.rows.filter(({ flags }) => /vault/.test(flags))

const keys: OptionGroup = { title: 'Keys:', rows: keyRows }

const recipient: OptionRow = {
  flags: '--recipient <age1…>',
  description: 'encrypt for who has this identity (repeatable; default those in .age-recipients)',
  kind: 'list',
}

const sealing: OptionGroup = { title: 'Keys:', rows: [...keyRows, recipient] }

const out: OptionGroup = {
  title: 'Output:',
  rows: [
    {
      flags: '--out <file>',
      description: 'write here and leave the file as it is; - for stdout',
      kind: 'text',
      completes: 'files',
    },
  ],
}

const file = { name: '<file>', description: 'an encrypted file', completes: 'files' } as const
const files = { name: '<file...>', description: 'encrypted files', completes: 'files' } as const

/** `tsplay vault …` */
export const vaultRows: readonly CommandRow[] = [
  {
    name: 'vault create',
    summary: 'Make an encrypted file in your editor.',
    arguments: [{ ...file, description: 'the file to make' }],
    options: [sealing],
    examples: ['tsplay vault create group_vars/all/secrets.yml --vault-password-file ~/identity.txt'],
    load: async () => (await import('./commands/vault.ts')).vaultCreate,
  },
  {
    name: 'vault edit',
    summary: 'Change an encrypted file in your editor.',
    arguments: [file],
    options: [sealing],
    examples: ['tsplay vault edit group_vars/all/secrets.yml'],
    load: async () => (await import('./commands/vault.ts')).vaultEdit,
  },
  {
    name: 'vault view',
    summary: 'Print what encrypted files hold.',
    arguments: [files],
    options: [keys],
    examples: ['tsplay vault view group_vars/all/secrets.yml'],
    load: async () => (await import('./commands/vault.ts')).vaultView,
  },
  {
    name: 'vault encrypt',
    summary: 'Encrypt files in their place.',
    arguments: [{ ...files, description: 'files that are not encrypted yet' }],
    options: [sealing, out],
    examples: ['tsplay vault encrypt secrets.yml --recipient age1…'],
    load: async () => (await import('./commands/vault.ts')).vaultEncrypt,
  },
  {
    name: 'vault decrypt',
    summary: 'Decrypt files in their place.',
    arguments: [files],
    options: [keys, out],
    examples: ['tsplay vault decrypt secrets.yml --out - | diff - old.yml'],
    load: async () => (await import('./commands/vault.ts')).vaultDecrypt,
  },
  {
    name: 'vault rekey',
    summary: 'Encrypt files, or the !vault values in them, with other keys; Ansible Vault becomes age.',
    arguments: [{ ...files, description: 'encrypted files, or YAML files with !vault values' }],
    options: [
      sealing,
      {
        title: 'New keys (default those above):',
        rows: [
          {
            flags: '--new-vault-password-file <file>',
            description: 'file or executable that gives the new password or identity',
            kind: 'list',
            completes: 'files',
          },
          { flags: '--new-vault-id <label@source>', description: 'the same with a label', kind: 'list' },
          { flags: '--ask-new-vault-pass', description: 'ask for the new password', kind: 'flag' },
        ],
      },
    ],
    examples: [
      'tsplay vault rekey secrets.yml --vault-password-file old --new-vault-password-file new',
      'tsplay vault rekey group_vars/db.yml --vault-password-file old --recipient age1…',
    ],
    load: async () => (await import('./commands/vault.ts')).vaultRekey,
  },
  {
    name: 'vault encrypt-string',
    summary: 'Print one value encrypted, to be pasted into a YAML file.',
    arguments: [{ name: '[text]', description: 'the value; better asked for, or read from stdin' }],
    options: [
      sealing,
      {
        title: 'Output:',
        rows: [{ flags: '--name <variable>', description: 'as this variable', kind: 'text' }],
      },
    ],
    examples: ['tsplay vault encrypt-string --name db_password > new.yml'],
    load: async () => (await import('./commands/vault.ts')).vaultEncryptString,
  },
  {
    name: 'vault keygen',
    summary: 'Make an identity: a key that decrypts, and its recipient that encrypts.',
    arguments: [],
    options: [
      {
        title: 'Output:',
        rows: [
          {
            flags: '--out <file>',
            description: 'write the identity here and print its recipient',
            kind: 'text',
            completes: 'files',
          },
        ],
      },
    ],
    examples: ['tsplay vault keygen --out ~/.config/tsplay/identity.txt'],
    load: async () => (await import('./commands/vault.ts')).vaultKeygen,
  },
]
