import { defineFact } from '#sdk/fact.ts'
import { linesOf, sections } from '#sdk/sections.ts'

export interface ServiceEntry {
  readonly name: string
  readonly state: 'running' | 'stopped' | 'failed' | 'inactive' | 'unknown'
  /** `enabled`, `disabled`, `static`, `masked`, …: the words of the service manager. */
  readonly status: string
  readonly source: 'systemd' | 'openrc' | 'sysvinit'
}

/** systemd's by their unit name (`ssh.service`), others by the bare name, as in Ansible's service facts. */
export type Services = Readonly<Record<string, ServiceEntry>>

const script = String.raw`LC_ALL=C; export LC_ALL
if [ -d /run/systemd/system ]; then
  printf '\036units\n'
  systemctl list-units --all --type=service --no-legend --plain --no-pager
  printf '\036files\n'
  systemctl list-unit-files --type=service --no-legend --no-pager
elif command -v rc-status >/dev/null 2>&1; then
  printf '\036openrc\n'; rc-status -a -C 2>/dev/null
  printf '\036runlevels\n'
  for f in /etc/runlevels/*/*; do [ -e "$f" ] && printf '%s\n' "$f"; done
  printf '\036scripts\n'
  for f in /etc/init.d/*; do [ -x "$f" ] && printf '%s\n' "$f"; done
elif [ -d /etc/init.d ]; then
  printf '\036sysv\n'; service --status-all 2>/dev/null
  printf '\036sysvlinks\n'
  for f in /etc/rc[2345].d/S*; do [ -e "$f" ] && printf '%s\n' "$f"; done
fi
:`

export default defineFact<Services>({
  name: 'services',
  summary: 'All services with their state, by name.',
  script,
  reads: [{ kind: 'unit' }, { kind: 'process' }, { kind: 'package' }],
  parse({ stdout }) {
    const parts = sections(stdout)
    const entries = [...systemd(parts), ...openrc(parts), ...sysv(parts)]
    return Object.fromEntries(entries.map((entry) => [entry.name, entry]))
  },
})

type Parts = ReadonlyMap<string, string>
const partLines = (parts: Parts, title: string): readonly string[] => linesOf(parts.get(title) ?? '')
const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Units that were only referred to ("not-found") are no services. */
function systemd(parts: Parts): readonly ServiceEntry[] {
  const states = new Map(partLines(parts, 'units').map((line) => unitState(line.trim().split(/\s+/))))
  const files = partLines(parts, 'files').map((line) => line.trim().split(/\s+/))
  const status = new Map(files.map(([name = '', word = '']) => [name, word]))
  const names = new Set([...states.keys(), ...status.keys()])
  return [...names]
    .filter((name) => status.has(name) || states.get(name) !== undefined)
    .map((name) => ({
      name,
      state: states.get(name) ?? 'inactive',
      status: status.get(name) ?? 'unknown',
      source: 'systemd',
    }))
}

function unitState([name = '', load, active, sub]: readonly string[]): [
  string,
  ServiceEntry['state'] | undefined,
] {
  if (load === 'not-found') return [name, undefined]
  if (active === 'failed') return [name, 'failed']
  if (active === 'active') return [name, sub === 'running' ? 'running' : 'stopped']
  return [name, 'inactive']
}

function openrc(parts: Parts): readonly ServiceEntry[] {
  const enabled = new Set(partLines(parts, 'runlevels').map(lastPart))
  const states = new Map(
    partLines(parts, 'openrc').flatMap((line): [string, string][] => {
      const [, name, state] = /^\s+(\S+)\s.*\[\s*(\w+)/.exec(line) ?? []
      return name === undefined || state === undefined ? [] : [[name, state]]
    }),
  )
  return partLines(parts, 'scripts')
    .map(lastPart)
    .map((name) => ({
      name,
      state: openrcState(states.get(name)),
      status: enabled.has(name) ? 'enabled' : 'disabled',
      source: 'openrc',
    }))
}

function openrcState(word: string | undefined): ServiceEntry['state'] {
  if (word === 'started') return 'running'
  if (word === 'crashed') return 'failed'
  return 'stopped'
}

/** ` [ + ]  ssh`: plus runs, minus does not, a question mark cannot tell. */
function sysv(parts: Parts): readonly ServiceEntry[] {
  const links = new Set(partLines(parts, 'sysvlinks').map((path) => lastPart(path).replace(/^S\d+/, '')))
  return partLines(parts, 'sysv').flatMap((line) => {
    const [, mark, name] = /\[ ([+?-]) \]\s+(\S+)/.exec(line) ?? []
    if (name === undefined) return []
    const state = mark === '+' ? 'running' : mark === '-' ? 'stopped' : 'unknown'
    return [{ name, state, status: links.has(name) ? 'enabled' : 'disabled', source: 'sysvinit' }]
  })
}
