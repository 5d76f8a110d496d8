import type { ConnectionOptions, OutputOptions, VariableSources } from '#app/requests.ts'
import { UsageError } from '#model/usage-error.ts'
import type { OptionValues } from './option-values.ts'
import type { Passwords } from './passwords.ts'

export function variableSources(values: OptionValues, passwords: Passwords): VariableSources {
  return { extraVars: values.list('extraVars'), vaultIds: passwords.vault }
}

export function connectionPart(values: OptionValues, passwords: Passwords): ConnectionOptions {
  const forks = values.number('forks') ?? 50
  if (forks === 0) throw new UsageError('--forks has to be at least 1.')
  return present({
    user: values.text('user'),
    password: passwords.connection,
    privateKeyFile: values.text('privateKey'),
    connection: values.choice('connection', ['ssh', 'local']),
    connectTimeoutSeconds: values.number('timeout'),
    hostKeyChecking: values.choice('hostKeyChecking', ['strict', 'accept-new', 'off']),
    become: values.flag('become'),
    becomeUser: values.text('becomeUser'),
    becomeMethod: values.choice('becomeMethod', ['sudo', 'su', 'doas']),
    becomePassword: passwords.become,
    forks,
    readahead: values.number('readahead'),
  })
}

export function outputPart(values: OptionValues): OutputOptions {
  const junitFiles: string[] = []
  let format: OutputOptions['format'] = 'text'
  for (const output of values.list('output')) {
    if (output === 'text' || output === 'json') format = output
    else if (/^junit=./.test(output)) junitFiles.push(output.slice('junit='.length))
    else throw new UsageError(`--output cannot be "${output}". It is text, json or junit=FILE.`)
  }
  return {
    format,
    junitFiles,
    quiet: values.flag('quiet'),
    verbosity: Math.min(values.number('verbose') ?? 0, 3),
    diff: values.flag('diff'),
  }
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Leaves out what was not given, so that "not given" has one form. */
export function present<T extends object>(values: T): Present<T>
export function present(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
