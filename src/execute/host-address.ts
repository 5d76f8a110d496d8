import { HostError } from '#model/host-error.ts'
import { Secret } from '#model/secret.ts'
import type { HostAddress } from '#model/transport.ts'
import type { Wishes } from './host-sessions.ts'
import type { RunState } from './run-state.ts'
import type { Scope } from './scope.ts'
import { scopeOf } from './scopes.ts'
import { type SshArguments, sshArguments } from './ssh-arguments.ts'

/**
 * How to reach a host: its connection variables, and where they are silent the command line.
 * Throws HostError `refused` when a variable has a value that makes no sense.
 */
export function hostAddress(run: RunState, host: string, wishes: Wishes = {}): HostAddress {
  const scope = scopeOf(host, { run, play: undefined, step: undefined })
  const { connection: settings } = run.settings
  const read = variableReader(run, scope)
  const connection =
    read.choice('connection', ['ssh', 'local']) ??
    connectionWish(wishes) ??
    settings.connection ??
    defaultConnection(run, host)
  const given = ansibleArguments(run, scope, read)
  const timeout = read.number('ssh_timeout') ?? settings.connectTimeoutSeconds
  return {
    host,
    connection,
    address: read.text('ssh_host') ?? host,
    ...present('port', read.number('ssh_port') ?? given.port ?? wishes.port),
    ...present('user', read.text('ssh_user') ?? given.user ?? wishes.user ?? settings.user),
    ...present('password', read.secret('ssh_password') ?? settings.password),
    ...present(
      'privateKeyFile',
      read.text('ssh_private_key_file') ?? given.privateKeyFile ?? settings.privateKeyFile,
    ),
    ...present('privateKeyPassphrase', read.secret('ssh_private_key_passphrase')),
    ...present('jump', read.text('ssh_jump') ?? given.jump),
    ...present('knownHostsFile', read.text('ssh_known_hosts') ?? given.knownHostsFile),
    ...present('hostKeyChecking', hostKeyChecking(read) ?? given.hostKeyChecking ?? settings.hostKeyChecking),
    ...present('sshConfigFile', read.text('ssh_config_file') ?? given.configFile),
    connectTimeoutMs: timeout * 1000,
    retries: read.number('ssh_retries') ?? 3,
  }
}

/** Arguments that inventories written for Ansible hand to ssh(1). What has no meaning here is said once per run. */
function ansibleArguments(run: RunState, { host }: Scope, read: VariableReader): SshArguments {
  const texts = ['ansible_ssh_common_args', 'ansible_ssh_extra_args'].flatMap((name) => read.text(name) ?? [])
  const found = sshArguments(texts.join(' '))
  for (const argument of found.ignored) {
    run.warnOnce(`"${argument}" in ansible_ssh_common_args has no effect on ${host.name}.`, argument)
  }
  return found
}

function connectionWish({ connection }: Wishes): 'ssh' | 'local' | undefined {
  if (connection === undefined || connection === 'smart') return undefined
  if (connection === 'ssh' || connection === 'local') return connection
  throw new HostError('refused', `The connection "${connection}" does not exist; tsplay knows ssh and local.`)
}

/** `localhost` that nobody wrote down is this machine itself. */
function defaultConnection(run: RunState, host: string): 'ssh' | 'local' {
  return ['localhost', '127.0.0.1', '::1'].includes(host) && !run.inventory.has(host) ? 'local' : 'ssh'
}

function hostKeyChecking(read: VariableReader): 'strict' | 'accept-new' | 'off' | undefined {
  const value = read.value('ssh_host_key_checking')
  if (value === true || value === 'true' || value === 'yes') return 'strict'
  if (value === false || value === 'false' || value === 'no') return 'off'
  return read.choice('ssh_host_key_checking', ['strict', 'accept-new', 'off'])
}

export interface VariableReader {
  value(name: string): unknown
  text(name: string): string | undefined
  number(name: string): number | undefined
  secret(name: string): Secret | undefined
  choice<const W extends string>(name: string, words: readonly W[]): W | undefined
}

/** Reads connection variables of one scope with their types. */
export function variableReader(run: RunState, scope: Scope): VariableReader {
  const value = (name: string) => (scope.has(name) ? scope.get(name) : undefined)
  const text = (name: string) => {
    const found = value(name)
    if (found === undefined || found === null) return undefined
    return found instanceof Secret ? found.reveal() : String(found)
  }
  const wrong = (name: string, wanted: string) =>
    new HostError(
      'refused',
      `${scope.host.name}: the variable ${name} must be ${wanted}, and it is "${text(name)}".`,
    )
  return {
    value,
    text,
    number(name) {
      const found = text(name)
      if (found === undefined || found === '') return undefined
      const number = Number(found)
      if (!Number.isFinite(number)) throw wrong(name, 'a number')
      return number
    },
    secret(name) {
      const found = text(name)
      if (found === undefined) return undefined
      run.dependencies.onSecret(found)
      return new Secret(found)
    },
    choice(name, words) {
      const found = text(name)
      if (found === undefined) return undefined
      const word = words.find((one) => one === found)
      if (word === undefined) throw wrong(name, `one of ${words.join(', ')}`)
      return word
    },
  }
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  // A computed key widens to an index signature; it holds exactly this one key.
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }
}
