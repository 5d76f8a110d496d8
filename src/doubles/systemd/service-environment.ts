import { readFileSync } from 'node:fs'
import type { DoubleHost } from '../host.ts'
import { splitWords } from './exec-line.ts'
import { lastOf, type Setting, valuesOf } from './unit-settings.ts'

/** A line of /etc/passwd. */
export interface Account {
  readonly name: string
  readonly home: string
  readonly shell: string
}

/** Whom the unit names, as the host knows them; undefined for root, and for one that the host does not know. */
export function accountOf(host: DoubleHost, settings: readonly Setting[]): Account | undefined {
  const user = lastOf(settings, 'Service', 'User')
  if (user === undefined) return undefined
  const [name, , , , , home = '/', shell = '/bin/sh'] =
    readText(host.path('/etc/passwd'))
      .split('\n')
      .map((line) => line.split(':'))
      .find(([name, , uid]) => name === user || uid === user) ?? []
  return name === undefined ? undefined : { name, home, shell }
}

/** What a service finds in its environment. See systemd.exec(5), "Environment Variables in Spawned Processes". */
export function serviceEnvironment(
  host: DoubleHost,
  settings: readonly Setting[],
  invocation: string,
): Record<string, string> {
  const account = accountOf(host, settings)
  return {
    LANG: 'C.UTF-8',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    INVOCATION_ID: invocation,
    ...(account && { USER: account.name, LOGNAME: account.name, HOME: account.home, SHELL: account.shell }),
    ...assignments(valuesOf(settings, 'Service', 'Environment').flatMap(splitWords)),
    ...assignments(valuesOf(settings, 'Service', 'EnvironmentFile').flatMap((file) => linesOf(host, file))),
  }
}

const assignments = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    words.flatMap((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? []
      return name === undefined || value === undefined ? [] : [[name, value]]
    }),
  )

/** The assignments of a file; a leading dash says that it may be missing. Throws ENOENT for one that may not. */
function linesOf(host: DoubleHost, file: string): string[] {
  const path = host.path(file.replace(/^-/, ''))
  const text = file.startsWith('-') ? readText(path) : readFileSync(path, 'utf8')
  return text
    .replaceAll(/\\\n/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line))
    .map((line) => {
      const at = line.indexOf('=')
      return `${line.slice(0, at)}=${splitWords(line.slice(at + 1)).join(' ')}`
    })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
