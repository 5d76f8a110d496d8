import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandTable } from '#cli/command-table.ts'
import { type CliWorld, runCli } from '#cli/run-cli.ts'
import type { UseCases } from '#cli/use-cases.ts'
import type { ExitReason } from '#model/exit-code.ts'
import type { Secret } from '#model/secret.ts'
import { type MemoryTerminalOptions, memoryTerminal } from '../support/memory-terminal.ts'

/** Runs a command line against use cases that only note what they are asked for. */
async function call(
  line: string | readonly string[],
  options: MemoryTerminalOptions & { exit?: ExitReason } = {},
) {
  const terminal = memoryTerminal(options)
  const asked: { useCase: string; request: unknown }[] = []
  const note = (useCase: string) => async (request: unknown) => {
    asked.push({ useCase, request })
    return { exitReason: options.exit ?? ('done' as const) }
  }
  const useCases: UseCases = {
    runPlaybook: note('runPlaybook'),
    runAdHoc: note('runAdHoc'),
    showInventory: note('showInventory'),
    validateProject: note('validateProject'),
    describeModules: note('describeModules'),
    editorSchema: note('editorSchema'),
    showHistory: note('showHistory'),
    controlVault: note('controlVault'),
    runDaemon: note('runDaemon'),
    installDaemon: note('installDaemon'),
    controlSchedules: note('controlSchedules'),
    controlRestore: note('controlRestore'),
    simulateBackups: note('simulateBackups'),
    controlLab: note('controlLab'),
    testRoles: note('testRoles'),
    complete: async () => [],
  }
  const world: CliWorld = {
    version: '1.2.3',
    useCases,
    openTerminal: () => terminal,
    signal: new AbortController().signal,
  }
  const argv = typeof line === 'string' ? line.split(' ') : line
  const code = await runCli(argv, world)
  return {
    code,
    out: terminal.stdout.text,
    err: terminal.stderr.text,
    questions: terminal.questions,
    ...asked[0],
  }
}

const run = {
  command: 'run',
  playbooks: ['site.yml'],
  hosts: { inventories: [], unknownHosts: 'error' },
  variables: { extraVars: [], vaultIds: [] },
  connection: { become: false, forks: 50 },
  output: { format: 'text', junitFiles: [], quiet: false, verbosity: 0, diff: false },
  mode: 'apply',
  tags: [],
  skipTags: [],
  step: false,
  forceHandlers: false,
  pending: 'ask',
  pendingExitCode: false,
  explainsCost: false,
}

describe('tsplay run', () => {
  it('asks for a plain run', async () => {
    expect(await call('run site.yml')).toMatchObject({ code: 0, useCase: 'runPlaybook', request: run })
    expect((await call('run site.yml')).request).toEqual(run)
  })

  it.each([
    ['-i a -i b,', { hosts: { inventories: ['a', 'b,'] } }],
    ['-l web:!web3 --unknown-hosts warn', { hosts: { limit: 'web:!web3', unknownHosts: 'warn' } }],
    ['-l a -l b', { hosts: { limit: 'b' } }],
    ['-t a,b -t c --skip-tags d', { tags: ['a', 'b', 'c'], skipTags: ['d'] }],
    ['-e a=1 -e @vars.yml', { variables: { extraVars: ['a=1', '@vars.yml'] } }],
    ['-C -D', { mode: 'check', output: { diff: true } }],
    [
      '-f 5 -u admin --private-key k -T 3',
      { connection: { forks: 5, user: 'admin', privateKeyFile: 'k', connectTimeoutSeconds: 3 } },
    ],
    [
      '-c local --readahead 0 --host-key-checking accept-new',
      { connection: { connection: 'local', readahead: 0, hostKeyChecking: 'accept-new' } },
    ],
    [
      '-b --become-user www --become-method su',
      { connection: { become: true, becomeUser: 'www', becomeMethod: 'su' } },
    ],
    ['-vvvvv', { output: { verbosity: 3 } }],
    ['-v -v', { output: { verbosity: 2 } }],
    [
      '--output json --output junit=a.xml --output junit=b.xml',
      { output: { format: 'json', junitFiles: ['a.xml', 'b.xml'] } },
    ],
    ['-q --force-handlers --pending drop', { output: { quiet: true }, forceHandlers: true, pending: 'drop' }],
    [
      '--list-hosts --list-tags',
      { instead: { syntaxCheck: false, listHosts: true, listTasks: false, listTags: true } },
    ],
    [
      '--vault-id prod@file --vault-password-file p',
      {
        variables: {
          vaultIds: [
            { label: 'default', source: { file: 'p' } },
            { label: 'prod', source: { file: 'file' } },
          ],
        },
      },
    ],
    ['other.yml', { playbooks: ['site.yml', 'other.yml'] }],
  ])('understands %s', async (options, request) => {
    expect(await call(`run site.yml ${options}`)).toMatchObject({ code: 0, request })
  })

  it('takes a task name with spaces', async () => {
    const { request } = await call(['run', 'site.yml', '--start-at-task', 'Write the file'])
    expect(request).toMatchObject({ startAtTask: 'Write the file' })
  })

  it.each([
    ['failed', 2],
    ['unreachable', 3],
    ['project', 4],
    ['usage', 5],
    ['noHosts', 6],
    ['pending', 7],
    ['interrupted', 130],
  ] as const)('exits after %s with %d', async (exit, code) => {
    expect((await call('run site.yml', { exit })).code).toBe(code)
  })
})

describe('tsplay plan', () => {
  it('is a run in check mode with diffs', async () => {
    const { request } = await call('plan site.yml --exit-code')
    expect(request).toEqual({
      ...run,
      command: 'plan',
      mode: 'check',
      pendingExitCode: true,
      output: { ...run.output, diff: true },
    })
  })
})

describe('tsplay exec', () => {
  it.each([
    [['web', '--', 'ls', '-la', '--', 'x'], { kind: 'command', argv: ['ls', '-la', '--', 'x'] }],
    [['web', 'uptime'], { kind: 'command', argv: ['uptime'] }],
    [
      ['web', '-m', 'apt', 'name=nginx', 'state=present'],
      { kind: 'module', module: 'apt', words: ['name=nginx', 'state=present'] },
    ],
    [['web', '-m', 'ping'], { kind: 'module', module: 'ping', words: [] }],
    [['web', '-m', 'shell', '-a', 'ls | wc'], { kind: 'module-text', module: 'shell', text: 'ls | wc' }],
    [['web', '-a', 'uptime'], { kind: 'module-text', module: 'command', text: 'uptime' }],
  ])('reads %j', async (words, request) => {
    expect(await call(['exec', ...words])).toMatchObject({
      useCase: 'runAdHoc',
      request: { pattern: 'web', call: request },
    })
  })

  it('lists hosts without a command', async () => {
    expect(await call('exec web --list-hosts')).toMatchObject({ code: 0, request: { listHosts: true } })
  })
})

describe('the other commands', () => {
  it.each([
    ['inventory', 'showInventory', { show: { kind: 'graph', vars: false }, format: 'json' }],
    ['inventory --graph web --vars', 'showInventory', { show: { kind: 'graph', group: 'web', vars: true } }],
    ['inventory --list -y', 'showInventory', { show: { kind: 'list' }, format: 'yaml' }],
    ['inventory --host web1', 'showInventory', { show: { kind: 'host', host: 'web1' } }],
    [
      'inventory --explain port --host web1',
      'showInventory',
      { show: { kind: 'explain', variable: 'port', host: 'web1' } },
    ],
    ['validate a.yml b.yml', 'validateProject', { playbooks: ['a.yml', 'b.yml'] }],
    ['doc', 'describeModules', { show: { kind: 'modules' }, format: 'text' }],
    ['doc --role web', 'describeModules', { show: { kind: 'role', name: 'web' }, format: 'text' }],
    ['doc --roles', 'describeModules', { show: { kind: 'roles' }, format: 'text' }],
    [
      'test web --scenario a,b --suite trixie --keep --jobs 2',
      'testRoles',
      { roles: ['web'], scenarios: ['a', 'b'], suites: ['trixie'], keep: true, list: false, jobs: 2 },
    ],
    ['doc apt --json', 'describeModules', { show: { kind: 'module', name: 'apt' }, format: 'json' }],
    ['doc --functions', 'describeModules', { show: { kind: 'functions' } }],
    ['schema', 'editorSchema', { of: 'playbook' }],
    ['schema inventory', 'editorSchema', { of: 'inventory' }],
    ['lab up web1 db1', 'controlLab', { action: 'up', lab: 'default', hosts: ['web1', 'db1'] }],
    ['lab down --lab other', 'controlLab', { action: 'down', lab: 'other' }],
    ['lab status --json', 'controlLab', { action: 'status', format: 'json' }],
    ['lab ssh web1 -- ls -l', 'controlLab', { action: 'ssh', host: 'web1', command: ['ls', '-l'] }],
  ])('%s', async (line, useCase, request) => {
    expect(await call(line)).toMatchObject({ code: 0, useCase, request })
  })

  it('prints the version and help', async () => {
    expect(await call('--version')).toMatchObject({ code: 0, out: '1.2.3\n' })
    expect((await call('--help')).out).toContain('inventory')
    expect((await call('run --help')).out).toContain('Examples:\n  tsplay run site.yml')
  })
})

describe('a wrong command line', () => {
  it.each([
    ['rnu site.yml', "unknown command 'rnu'\n(Did you mean run?)"],
    ['run --lmit web site.yml', "unknown option '--lmit'\n(Did you mean --limit?)"],
    ['run', "missing required argument 'playbook'"],
    ['lab upp', "unknown command 'upp'\n(Did you mean up?)"],
    ['doc a b', 'too many arguments'],
    ['run site.yml --output xml', '--output cannot be "xml". It is text, json or junit=FILE.'],
    ['run site.yml -f many', 'It has to be a whole number'],
    ['run site.yml -f 0', '--forks has to be at least 1.'],
    ['run site.yml -c telnet', 'Allowed choices are ssh, local.'],
    ['run site.yml --step', '--step asks before each task and needs a terminal.'],
    ['run site.yml -l ,', '--limit is an empty pattern.'],
    ['exec , -- ls', 'is an empty pattern'],
    ['exec web', 'Say what to run'],
    ['exec web -a x y', 'either with -a or as words, not both'],
    ['inventory --list --graph', 'Choose one of'],
    ['doc apt --functions', 'Name one thing: a module, --role, --roles or --functions.'],
    ['doc --roles --role web', 'Name one thing'],
    ['test --jobs 0', '--jobs has to be at least 1.'],
    ['schema roles', 'Allowed choices are playbook, inventory, schedules.'],
    ['run site.yml --connection-password-file /does/not/exist', 'cannot be read: ENOENT.'],
  ])('%s: exits with 5 and says why', async (line, message) => {
    const { code, err, out, useCase } = await call(line)
    expect({ code, out, useCase }).toEqual({ code: 5, out: '', useCase: undefined })
    expect(err).toContain(message)
  })

  it('refuses an empty --limit', async () => {
    expect(await call(['run', 'site.yml', '-l', ''])).toMatchObject({ code: 5 })
  })
})

describe('a wrong command line of a command that writes events', () => {
  it.each([
    'run --output json --bogus site.yml',
    'run --output=json --step site.yml',
    'exec web --output json -m ping --forks x',
  ])('%s ends with a recap', async (line) => {
    const { code, out } = await call(line)
    expect(code).toBe(5)
    expect(JSON.parse(out)).toMatchObject({ type: 'recap', hosts: {}, exit_code: 5 })
  })

  it('is silent on stdout without --output json', async () => {
    expect(await call('run --step site.yml')).toMatchObject({ code: 5, out: '' })
  })
})

describe('passwords', () => {
  const passwords = (request: unknown): (string | undefined)[] => {
    const { connection } = request as { connection: { password?: Secret; becomePassword?: Secret } }
    return [connection.password?.reveal(), connection.becomePassword?.reveal()]
  }

  it('are asked for at the terminal, in a fixed order', async () => {
    const { request, questions } = await call('run site.yml -K -k -J', { answers: ['one', 'two', 'three'] })
    expect(questions).toEqual(['SSH password: ', 'Become password: ', 'Vault password: '])
    expect(passwords(request)).toEqual(['one', 'two'])
    expect(JSON.stringify(request)).not.toMatch(/one|two|three/)
  })

  it('are lines of stdin without a terminal', async () => {
    const { request } = await call('run site.yml -kK', { stdin: 'one\ntwo\n' })
    expect(passwords(request)).toEqual(['one', 'two'])
  })

  it('are read from files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tsplay-cli-'))
    await writeFile(join(folder, 'pw'), 'from file\n')
    const { request } = await call(['run', 'site.yml', '--become-password-file', join(folder, 'pw')])
    expect(passwords(request)).toEqual([undefined, 'from file'])
    await rm(folder, { recursive: true })
  })

  it('that nobody gives are an error', async () => {
    for (const options of [{}, { answers: [] }]) {
      const { code, useCase } = await call('run site.yml -k', options)
      expect({ code, useCase }).toEqual({ code: 5, useCase: undefined })
    }
  })

  it('are not asked for when the command line is wrong', async () => {
    const { code, questions } = await call('run site.yml -k --output xml', { answers: ['one'] })
    expect({ code, questions }).toEqual({ code: 5, questions: [] })
  })
})

describe('the command table', () => {
  it('gives each command an example that it understands', async () => {
    const own = commandTable.filter(({ name }) => name !== 'completion')
    for (const example of own.flatMap(({ examples }) => examples)) {
      const line = example.replace(/ > .*/, '').split(' ').slice(1)
      expect({ example, code: (await call(line)).code }).toEqual({ example, code: 0 })
    }
  })

  it('uses no flag twice in one command', () => {
    for (const row of commandTable) {
      const flags = row.options
        .flatMap(({ rows }) => rows)
        .flatMap((option) => option.flags.match(/(?<![\w-])--?[\w-]+/g) ?? [])
      expect({ name: row.name, repeated: flags.filter((flag, i) => flags.indexOf(flag) !== i) }).toEqual({
        name: row.name,
        repeated: [],
      })
    }
  })
})
