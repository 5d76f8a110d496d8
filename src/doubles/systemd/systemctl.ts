import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Answer, lines } from '../answer.ts'
import { type Call, type Double, defineDouble } from '../double.ts'
import type { DoubleHost } from '../host.ts'
import { hasKeys, type StateKind } from '../store.ts'
import { startUnit } from './start-unit.ts'
import type { SystemctlCall } from './systemctl-call.ts'
import { enablement, masking } from './systemctl-files.ts'
import { daemonReload, jobs, kill, resetFailed } from './systemctl-jobs.ts'
import {
  cat,
  isActive,
  isEnabled,
  isSystemRunning,
  listUnitFiles,
  listUnits,
  show,
  status,
} from './systemctl-read.ts'
import { makeTmpfiles, systemdTmpfiles } from './tmpfiles.ts'
import { fullName } from './unit-names.ts'
import { readText } from './unit-run.ts'

/** All it keeps lies in the unit files, in links beside them, and below /run. */
const nothing: StateKind<object> = {
  family: 'systemd',
  initial: () => ({}),
  isState: (value): value is object => hasKeys(value),
}

type Verb = (call: SystemctlCall) => Answer | Promise<Answer>

/** Those that name units, and need one at least. */
const unitVerbs: Readonly<Record<string, Verb>> = {
  start: (call) => jobs(call, 'start'),
  stop: (call) => jobs(call, 'stop'),
  restart: (call) => jobs(call, 'restart'),
  reload: (call) => jobs(call, 'reload'),
  'try-restart': (call) => jobs(call, 'try-restart'),
  'reload-or-restart': (call) => jobs(call, 'reload-or-restart'),
  'try-reload-or-restart': (call) => jobs(call, 'try-reload-or-restart'),
  kill,
  enable: (call) => enablement(call, 'enable'),
  disable: (call) => enablement(call, 'disable'),
  mask: (call) => masking(call, 'mask'),
  unmask: (call) => masking(call, 'unmask'),
  'is-active': (call) => isActive(call, ['active', 'reloading'], 3),
  'is-failed': (call) => isActive(call, ['failed'], 1),
  'is-enabled': isEnabled,
  cat,
  status,
}

const otherVerbs: Readonly<Record<string, Verb>> = {
  show,
  'reset-failed': resetFailed,
  'list-units': listUnits,
  'list-unit-files': listUnitFiles,
  'is-system-running': isSystemRunning,
  'daemon-reload': reloadAll,
  'daemon-reexec': reloadAll,
  'get-default': () => ({ stdout: 'multi-user.target\n' }),
  default: boot,
  reboot: () => machine('-r'),
  poweroff: () => machine('-h'),
  halt: () => machine('-h'),
}

const changing = new Set(
  [
    'start stop restart reload try-restart reload-or-restart try-reload-or-restart kill',
    'enable disable mask unmask daemon-reload daemon-reexec reset-failed default reboot poweroff halt',
  ].flatMap((words) => words.split(' ')),
)

async function systemctl({
  options,
  operands: [verb = 'list-units', ...names],
  host,
}: Call<object>): Promise<Answer> {
  if (options.has('version')) return { stdout: 'systemd 252 (a double)\n' }
  const unit = Object.hasOwn(unitVerbs, verb) ? unitVerbs[verb] : undefined
  const run = unit ?? (Object.hasOwn(otherVerbs, verb) ? otherVerbs[verb] : undefined)
  if (!run) return { exit: 1, stderr: `Unknown command verb ${verb}.\n` }
  if (unit && names.length === 0) return { exit: 1, stderr: 'Too few arguments.\n' }
  // No user of such a host has a manager of his own.
  if (options.has('user')) return { exit: 1, stderr: 'Failed to connect to bus: No medium found\n' }
  if (options.has('global')) {
    return { exit: 1, stderr: 'This double of systemctl knows no units for the managers of users.\n' }
  }
  if (changing.has(verb) && process.getuid?.() !== 0 && host.root === '/') return denied(verb, names)
  return run({ host, options, names })
}

/** What users other than root are told where no polkit asks them. */
function denied(verb: string, [name = '']: readonly string[]): Answer {
  if (verb.startsWith('daemon-')) return { exit: 1, stderr: 'Reload daemon failed: Access denied\n' }
  if (/(able|mask)$/.test(verb)) return { exit: 1, stderr: `Failed to ${verb} unit: Access denied\n` }
  const see = `See system logs and 'systemctl status ${fullName(name)}' for details.`
  return { exit: 4, stderr: lines([`Failed to ${verb} ${fullName(name)}: Access denied`, see]) }
}

function reloadAll({ host }: SystemctlCall): Answer {
  daemonReload(host)
  return {}
}

/** What the host's init calls: from here on, sd_booted(3) says that systemd runs. */
async function boot({ host }: SystemctlCall): Promise<Answer> {
  mkdirSync(host.path('/run/systemd/system'), { recursive: true })
  nameMachine(host)
  const stderr = lines(makeTmpfiles(host, [], await host.name()))
  await startUnit(host, 'default.target')
  return { stderr }
}

/** An empty file is an image's; see machine-id(5), "First Boot Semantics". */
function nameMachine(host: DoubleHost): void {
  const file = host.path('/etc/machine-id')
  if (readText(file).trim() !== '') return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${randomBytes(16).toString('hex')}\n`, { mode: 0o444 })
}

function machine(option: '-r' | '-h'): Answer {
  const { status: exit, stderr } = spawnSync('shutdown', [option, 'now'], { encoding: 'utf8' })
  return { exit: exit ?? 1, stderr }
}

/** Stands in for the service manager of a host whose init is SysV's. */
const double = defineDouble({
  name: 'systemctl',
  cites:
    'systemd 252 (Debian 12): systemctl(1), systemd.unit(5), systemd.service(5), and its own answers, recorded',
  state: nothing,
  isConcurrent: true,
  refuse: (problem) => ({
    exit: 1,
    stderr:
      'option' in problem
        ? `systemctl: unrecognized option '${problem.option}'\n`
        : 'Unknown command verb.\n',
  }),
  commands: {
    '': {
      options: {
        '-p --property': 'values',
        '-P': 'values',
        '-t --type': 'values',
        '--state': 'values',
        '-s --signal': 'value',
        '--kill-whom --kill-who': 'value',
        '-n --lines': 'value',
        '-o --output': 'value',
        '--job-mode': 'value',
        '--check-inhibitors': 'value',
        '-a --all': 'flag',
        '-q --quiet': 'flag',
        '-l --full': 'flag',
        '-f --force': 'flag',
        '-i': 'flag',
        '-r --recursive': 'flag',
        '--failed': 'flag',
        '--global': 'flag',
        '--no-ask-password': 'flag',
        '--no-block': 'flag',
        '--no-legend': 'flag',
        '--no-pager': 'flag',
        '--no-reload': 'flag',
        '--no-wall': 'flag',
        '--no-warn': 'flag',
        '--now': 'flag',
        '--plain': 'flag',
        '--runtime': 'flag',
        '--system': 'flag',
        '--user': 'flag',
        '--value': 'flag',
        '--version': 'flag',
        '--wait': 'flag',
      },
      run: systemctl,
    },
  },
})

export const systemdDoubles: readonly Double[] = [double, systemdTmpfiles]
