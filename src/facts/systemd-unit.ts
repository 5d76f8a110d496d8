import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'
import type { SystemdUnit } from '#sdk/systemd-unit.ts'

const shown = [
  'Id',
  'Names',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'FragmentPath',
  'DropInPaths',
  'NeedDaemonReload',
  'CanReload',
  'InvocationID',
  'MainPID',
  'Result',
  'ActiveEnterTimestampMonotonic',
]

/**
 * A key is the manager's scope, a slash and a unit: `system/ssh.service`. One `systemctl show` answers for
 * all units of a scope.
 */
export default defineKeyedFact<SystemdUnit>({
  name: 'systemd-unit',
  summary: 'State of systemd units.',
  script(keys) {
    return ['LC_ALL=C; export LC_ALL', ...scopesOf(keys).map((scope) => showScope(scope, keys))].join('\n')
  },
  reads: (key) => [
    { kind: 'unit', name: unitOf(key) },
    { kind: 'process' },
    { kind: 'package' },
    { kind: 'path', name: '/etc/systemd' },
  ],
  parse({ stdout }, keys) {
    const answers = new Map<string, SystemdUnit>()
    for (const part of stdout.split('\x1e').slice(1)) {
      const scope = part.slice(0, part.indexOf('\n'))
      const units = keys.filter((key) => scopeOf(key) === scope)
      const [shownText = '', error = ''] = part.slice(part.indexOf('\n') + 1).split('\x1d')
      const blocks = shownText.trim() === '' ? [] : shownText.trim().split(/\n\n+/)
      units.forEach((key, i) => {
        answers.set(key, unitState(blocks[i], error.trim()))
      })
    }
    return keys.map((key) => answers.get(key) ?? unitState(undefined, 'systemctl gave no answer.'))
  },
})

/** The key that asks for a unit of a scope. */
export const unitKey = (scope: string, unit: string): string => `${scope}/${unit}`

const scopeOf = (key: string): string => key.slice(0, key.indexOf('/'))
const unitOf = (key: string): string => key.slice(key.indexOf('/') + 1)
const scopesOf = (keys: readonly string[]): readonly string[] => [...new Set(keys.map(scopeOf))]

/** Messages go behind the answer, so that a unit name that systemctl refuses does not shift the others. */
function showScope(scope: string, keys: readonly string[]): string {
  const units = keys.filter((key) => scopeOf(key) === scope).map(unitOf)
  if (scope === 'global') return showGlobal(units)
  const command = `systemctl ${scopeOptions(scope)} show --no-pager -p ${shown.join(',')} -- ${units.map(quote).join(' ')}`
  return `${scopeEnvironment(scope)}printf '\\036%s\\n' ${quote(scope)}
{ err=$(${command} 2>&1 >&3); } 3>&1
printf '\\035%s\\n' "$err"`
}

/** No manager runs for the units of all users: there are only links. */
function showGlobal(units: readonly string[]): string {
  return `printf '\\036global\\n'
for unit in ${units.map(quote).join(' ')}; do
  printf 'LoadState=loaded\\nUnitFileState=%s\\n\\n' "$(systemctl --global is-enabled -- "$unit" 2>/dev/null)"
done
printf '\\035'`
}

const scopeOptions = (scope: string): string => (scope === 'system' ? '--system' : `--${scope}`)

/** A login over ssh has it set; `su` and `sudo` have not. */
const scopeEnvironment = (scope: string): string =>
  scope === 'user' ? 'XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}; export XDG_RUNTIME_DIR\n' : ''

function unitState(block: string | undefined, error: string): SystemdUnit {
  const properties = Object.fromEntries(
    (block ?? '')
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const property = (name: string): string => properties[name] ?? ''
  return {
    load: block === undefined ? 'unavailable' : property('LoadState'),
    active: property('ActiveState'),
    sub: property('SubState'),
    enabled: property('UnitFileState'),
    path: property('FragmentPath'),
    needsReload: property('NeedDaemonReload') === 'yes',
    canReload: property('CanReload') === 'yes',
    invocation: property('InvocationID'),
    properties: block === undefined ? {} : properties,
    error,
  }
}
