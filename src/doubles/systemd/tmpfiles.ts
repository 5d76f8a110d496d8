import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Answer, lines } from '../answer.ts'
import { type Double, defineDouble } from '../double.ts'
import type { DoubleHost } from '../host.ts'
import { hasKeys, type StateKind } from '../store.ts'
import { splitWords } from './exec-line.ts'
import { listed } from './unit.ts'
import { specified } from './unit-names.ts'

const nothing: StateKind<object> = {
  family: 'systemd',
  initial: () => ({}),
  isState: (value): value is object => hasKeys(value),
}

/** A file of a folder that comes first hides its namesakes. See tmpfiles.d(5). */
const folders = ['/etc/tmpfiles.d', '/run/tmpfiles.d', '/usr/local/lib/tmpfiles.d', '/usr/lib/tmpfiles.d']

/**
 * Makes the folders, files and links that tmpfiles.d asks for, by the names of configuration files or of all, and says what
 * went wrong. Other kinds of lines are about what lies there already: they are left out.
 */
export function makeTmpfiles(host: DoubleHost, names: readonly string[], hostName: string): string[] {
  const files =
    names.length > 0 ? names : [...new Set(folders.flatMap((folder) => listed(host.path(folder))))].sort()
  return files
    .filter((name) => name.endsWith('.conf'))
    .flatMap((name) => readConfiguration(host, name).split('\n'))
    .map((line) => splitWords(specified(line.trim(), '', hostName)))
    .filter(([type]) => type !== undefined && !type.startsWith('#'))
    .flatMap((words) => makeOne(host, words))
}

function readConfiguration(host: DoubleHost, name: string): string {
  const paths = name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name))
  for (const path of paths) {
    if (lstatSync(host.path(path), { throwIfNoEntry: false })) return readFileSync(host.path(path), 'utf8')
  }
  return ''
}

function makeOne(host: DoubleHost, [type = '', path = '', ...rest]: readonly string[]): string[] {
  const [mode = '-', user = '-', group = '-', , ...argument] = rest
  const place = host.path(path)
  if (/^[dD]/.test(type)) return makeFolder(place, { mode, user, group })
  if (!/^[fL]/.test(type) || lstatSync(place, { throwIfNoEntry: false })) return []
  mkdirSync(dirname(place), { recursive: true })
  if (type.startsWith('L')) symlinkSync(argument.join(' '), place)
  else writeFileSync(place, argument.join(' '), { mode: mode === '-' ? 0o644 : Number.parseInt(mode, 8) })
  return []
}

interface Ownership {
  readonly mode: string
  readonly user: string
  readonly group: string
}

/** By install(1), which knows the names of users. */
function makeFolder(place: string, { mode, user, group }: Ownership): string[] {
  const owners = [...(user === '-' ? [] : ['-o', user]), ...(group === '-' ? [] : ['-g', group])]
  const bits = mode === '-' ? '0755' : mode.replace(/^[~:]+/, '')
  const { stderr } = spawnSync('install', ['-d', '-m', bits, ...owners, place], { encoding: 'utf8' })
  return stderr.trim() === '' ? [] : [stderr.trim()]
}

export const systemdTmpfiles: Double = defineDouble({
  name: 'systemd-tmpfiles',
  cites: 'systemd 252: systemd-tmpfiles(8), tmpfiles.d(5)',
  state: nothing,
  isConcurrent: true,
  refuse: (problem) => ({
    exit: 1,
    stderr: 'option' in problem ? `systemd-tmpfiles: unrecognized option '${problem.option}'\n` : '',
  }),
  commands: {
    '': {
      options: {
        '--create': 'flag',
        '--clean': 'flag',
        '--remove': 'flag',
        '--boot': 'flag',
        '--prefix': 'values',
        '--exclude-prefix': 'values',
        '-E': 'flag',
      },
      run: async ({ options, operands, host }): Promise<Answer> => {
        if (!options.has('create')) return {}
        return { stderr: lines(makeTmpfiles(host, operands, await host.name())) }
      },
    },
  },
})
