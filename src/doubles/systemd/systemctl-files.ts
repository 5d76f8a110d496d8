import { spawnSync } from 'node:child_process'
import { type Answer, lines } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { initScriptText } from './init-script.ts'
import { redirected } from './show-units.ts'
import type { SystemctlCall } from './systemctl-call.ts'
import { jobs } from './systemctl-jobs.ts'
import { fileOf, findUnit, type Unit } from './unit.ts'
import {
  disableUnit,
  enableUnit,
  fileState,
  LinkInTheWay,
  type LinkScope,
  maskUnit,
  unmaskUnit,
} from './unit-links.ts'
import { fullName } from './unit-names.ts'
import { wordsOf } from './unit-settings.ts'

const scopeOf = ({ options }: SystemctlCall): LinkScope => (options.has('runtime') ? 'runtime' : 'system')

/** `enable` and `disable`, with `--now` in one go. */
export async function enablement(call: SystemctlCall, verb: 'enable' | 'disable'): Promise<Answer> {
  const { host, options, names } = call
  const units = names.map((name) => findUnit(host, fullName(name)))
  const refused = units.map((unit) => refusal(unit, verb)).find((answer) => answer !== undefined)
  if (refused) return refused
  const hostName = await host.name()
  const said = units.flatMap((unit) =>
    verb === 'enable' ? enable(host, unit, { call, hostName }) : disable(host, unit, call),
  )
  const job = options.has('now') ? await jobs(call, verb === 'enable' ? 'start' : 'stop') : {}
  return { ...job, stderr: lines(said) + (job.stderr ?? '') }
}

function refusal(unit: Unit, verb: string): Answer | undefined {
  if (unit.load === 'not-found')
    return { exit: 1, stderr: `Failed to ${verb} unit: Unit file ${unit.id} does not exist.\n` }
  if (unit.load !== 'masked' || verb === 'disable') return undefined
  return { exit: 1, stderr: `Failed to ${verb} unit: Unit file ${unit.path} is masked.\n` }
}

function enable(
  host: DoubleHost,
  unit: Unit,
  { call, hostName }: { readonly call: SystemctlCall; readonly hostName: string },
): string[] {
  const scope = scopeOf(call)
  if (unit.source !== '') return [...redirected(unit.id, 'enable'), ...initLinks(host, unit, 'enable')]
  const also = wordsOf(unit.settings, 'Install', 'Also').map((name) => findUnit(host, fullName(name)))
  const all = [unit, ...also.filter(({ load }) => load === 'loaded')]
  const made = all.flatMap((one) => enableUnit(host, one, { scope, hostName }))
  const hasConfig = fileState(host, unit.id) !== 'static'
  return [...synchronized(host, unit, 'enable'), ...made, ...(hasConfig ? [] : noInstallation)]
}

function disable(host: DoubleHost, unit: Unit, call: SystemctlCall): string[] {
  if (unit.source !== '') return [...redirected(unit.id, 'disable'), ...initLinks(host, unit, 'disable')]
  return [...synchronized(host, unit, 'disable'), ...disableUnit(host, unit, scopeOf(call))]
}

/** A service with both: the script's links follow the unit's. */
function synchronized(host: DoubleHost, unit: Unit, verb: 'enable' | 'disable'): string[] {
  const name = unit.id.replace(/[.]service$/, '')
  if (name === unit.id || initScriptText(host, name) === undefined) return []
  return [
    `Synchronizing state of ${unit.id} with SysV service script with /lib/systemd/systemd-sysv-install.`,
    `Executing: /lib/systemd/systemd-sysv-install ${verb} ${name}`,
    ...initLinks(host, unit, verb),
  ]
}

/** What systemd-sysv-install does in Debian. */
function initLinks(host: DoubleHost, { id }: Unit, verb: 'enable' | 'disable'): string[] {
  const name = id.replace(/[.]service$/, '')
  const calls =
    verb === 'enable'
      ? [
          [name, 'defaults'],
          [name, 'enable'],
        ]
      : [
          [name, 'defaults'],
          [name, 'disable'],
        ]
  return calls.flatMap((args) => {
    const { status, stderr, error } = spawnSync(host.path('/usr/sbin/update-rc.d'), args, {
      encoding: 'utf8',
    })
    const text = error?.message ?? (status === 0 ? '' : stderr)
    return text.trim() === '' ? [] : [text.trim()]
  })
}

export function masking(call: SystemctlCall, verb: 'mask' | 'unmask'): Answer {
  const said: string[] = []
  for (const name of call.names.map(fullName)) {
    const isThere = fileOf(call.host, name) !== undefined
    if (!isThere && verb === 'mask') said.push(`Unit ${name} does not exist, proceeding anyway.`)
    try {
      said.push(...(verb === 'mask' ? maskUnit : unmaskUnit)(call.host, name, scopeOf(call)))
    } catch (error) {
      if (!(error instanceof LinkInTheWay)) throw error
      return {
        exit: 1,
        stderr: lines([...said, `Failed to mask unit: File ${error.message} already exists.`]),
      }
    }
  }
  return { stderr: lines(said) }
}

const noInstallation = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled using systemctl.
 
Possible reasons for having this kind of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/ or .requires/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.`.split('\n')
