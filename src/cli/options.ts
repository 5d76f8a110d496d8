/** One option as data. `name` is what commander calls its value. */
export interface OptionRow {
  readonly flags: string
  readonly description: string
  /**
   * `list` may be repeated; `words` too, and commas separate; `count` counts how often it is given;
   * `integer` takes digits only.
   */
  readonly kind: 'flag' | 'text' | 'list' | 'words' | 'count' | 'integer'
  readonly choices?: readonly string[]
  readonly default?: string | number
  /** What shell completion offers for its value. */
  readonly completes?: Completes
}

export type Completes = 'hosts' | 'tags' | 'modules' | 'lab-hosts' | 'roles' | 'files'

export interface OptionGroup {
  readonly title: string
  readonly rows: readonly OptionRow[]
}

const row = (kind: OptionRow['kind'], flags: string, description: string): OptionRow => ({
  flags,
  description,
  kind,
})

const choice = (flags: string, description: string, choices: readonly string[]): OptionRow => ({
  flags,
  description,
  kind: 'text',
  choices,
})

/** Which hosts are meant. */
export const hostOptions: OptionGroup = {
  title: 'Hosts:',
  rows: [
    {
      ...row(
        'list',
        '-i, --inventory <source>',
        'file, folder, executable or "host1,host2," (repeatable; default ./inventory)',
      ),
      completes: 'files',
    },
    {
      ...row(
        'text',
        '-l, --limit <pattern>',
        'only hosts that match this pattern as well; @file reads patterns',
      ),
      completes: 'hosts',
    },
    {
      ...choice('--unknown-hosts <how>', 'what a name that the inventory does not have is', [
        'error',
        'warn',
      ]),
      default: 'error',
    },
  ],
}

export const variableOptions: OptionGroup = {
  title: 'Variables:',
  rows: [
    row(
      'list',
      '-e, --extra-vars <vars>',
      'k=v (typed like YAML), @file, or JSON; the strongest of all (repeatable)',
    ),
    {
      ...row(
        'list',
        '--vault-password-file <file>',
        'file or executable that gives a vault password (repeatable)',
      ),
      completes: 'files',
    },
    row('list', '--vault-id <label@source>', 'the same with a label; the source "prompt" asks (repeatable)'),
    row('flag', '-J, --ask-vault-pass', 'ask for a vault password'),
  ],
}

export const connectionOptions: OptionGroup = {
  title: 'Connection:',
  rows: [
    row('text', '-u, --user <name>', 'log in as this user'),
    row('flag', '-k, --ask-pass', 'ask for the SSH password'),
    {
      ...row('text', '--connection-password-file <file>', 'read the SSH password from a file'),
      completes: 'files',
    },
    { ...row('text', '--private-key <file>', 'log in with this key'), completes: 'files' },
    choice('-c, --connection <type>', 'how hosts are reached', ['ssh', 'local']),
    row('integer', '-T, --timeout <seconds>', 'give up connecting after this time (default 10)'),
    choice('--host-key-checking <mode>', 'how unknown host keys are met (default strict)', [
      'strict',
      'accept-new',
      'off',
    ]),
    { ...row('integer', '-f, --forks <number>', 'hosts at work at the same time'), default: 50 },
    row('integer', '--readahead <tasks>', 'how many tasks to probe ahead; 0 for none'),
  ],
}

export const becomeOptions: OptionGroup = {
  title: 'Acting as another user:',
  rows: [
    row('flag', '-b, --become', 'act as another user on the hosts'),
    row('text', '--become-user <name>', 'as whom (default root)'),
    choice('--become-method <method>', 'by which program (default sudo)', ['sudo', 'su', 'doas']),
    row('flag', '-K, --ask-become-pass', 'ask for the password this needs'),
    { ...row('text', '--become-password-file <file>', 'read that password from a file'), completes: 'files' },
  ],
}

export const modeOptions: OptionGroup = {
  title: 'Mode:',
  rows: [
    row('flag', '-C, --check', 'change nothing; say what would change'),
    row('flag', '-D, --diff', 'show texts before and after'),
  ],
}

export const selectionOptions: OptionGroup = {
  title: 'Tasks:',
  rows: [
    { ...row('words', '-t, --tags <tags>', 'only tasks with one of these tags'), completes: 'tags' },
    { ...row('words', '--skip-tags <tags>', 'no task with one of these tags'), completes: 'tags' },
    row('text', '--start-at-task <name>', 'pass over all tasks before this one'),
    row('flag', '--step', 'ask before each task'),
    row('flag', '--force-handlers', 'run notified handlers on failed hosts too'),
    {
      ...choice('--pending <what>', 'what to do with handlers that a failed run left over', [
        'run',
        'drop',
        'ask',
      ]),
      default: 'ask',
    },
  ],
}

export const insteadOptions: OptionGroup = {
  title: 'Instead of running:',
  rows: [
    row('flag', '--syntax-check', 'check the project and stop'),
    row('flag', '--list-hosts', 'list the hosts of each play'),
    row('flag', '--list-tasks', 'list the tasks that would run'),
    row('flag', '--list-tags', 'list all tags'),
    row(
      'flag',
      '--explain-cost',
      'ask the hosts, and say what each task would cost in round trips, bytes and processes',
    ),
  ],
}

export const outputOptions: OptionGroup = {
  title: 'Output:',
  rows: [
    row('list', '--output <format>', 'text, json, or junit=FILE (repeatable)'),
    row('flag', '-q, --quiet', 'only failures and the exit code'),
    row('count', '-v, --verbose', 'more: -v changes and data, -vv output of commands, -vvv all'),
  ],
}

export const measuringOptions: OptionGroup = {
  title: 'Measuring:',
  rows: [
    {
      ...row(
        'text',
        '--profile <file>',
        'write a timeline of hosts, tasks and flights, as Perfetto shows it',
      ),
      completes: 'files',
    },
  ],
}

/** Taken by every command. */
export const commonOptions: OptionGroup = {
  title: 'General:',
  rows: [{ ...choice('--color <when>', 'colours', ['auto', 'always', 'never']), default: 'auto' }],
}
