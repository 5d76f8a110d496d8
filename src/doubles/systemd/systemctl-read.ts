import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, lines } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { table } from '../table.ts'
import { activeState, descriptionOf, enablementOf, propertiesOf, settingOf, subState } from './show-units.ts'
import type { SystemctlCall } from './systemctl-call.ts'
import { fileState } from './unit-links.ts'
import { fitting, isPattern, loadedUnits, unitFileNames } from './unit-lists.ts'
import { fullName, typeOf } from './unit-names.ts'
import { loadedUnit, readText, runFolder, startedUnits, stateOf } from './unit-run.ts'

export function show({ host, options, names }: SystemctlCall): Answer {
  // Of the manager itself, nothing is known that anybody asks for.
  if (names.length === 0) return {}
  const properties = [...options.texts('p'), ...options.texts('P')].flatMap((text) => text.split(','))
  const onlyValues = options.has('value') || options.has('P')
  const wanted = names.flatMap((name) =>
    isPattern(name)
      ? loadedUnits(host)
          .map(({ id }) => id)
          .filter(fitting([name]))
      : [fullName(name)],
  )
  const blocks = wanted.map((name) => {
    const known = propertiesOf(host, name)
    const others = properties
      .filter((property) => !known.has(property))
      .flatMap((property) => {
        const value = settingOf(host, name, property)
        return value === undefined ? [] : [[property, value] as const]
      })
    const shown = [...others, ...known].filter(([key]) => properties.length === 0 || properties.includes(key))
    return lines(shown.map(([key, value]) => (onlyValues ? value : `${key}=${value}`)))
  })
  return { stdout: blocks.join('\n') }
}

/** 0 when one is, as systemctl(1) says of `is-active`; 3 when none is. */
export function isActive(
  { host, options, names }: SystemctlCall,
  words: readonly string[],
  none: number,
): Answer {
  const states = names.map((name) => activeState(host, loadedUnit(host, fullName(name))))
  return {
    stdout: options.has('q') ? '' : lines(states),
    exit: states.some((state) => words.includes(state)) ? 0 : none,
  }
}

const asGoodAsEnabled = new Set(['enabled', 'enabled-runtime', 'static', 'alias', 'indirect', 'generated'])

export function isEnabled({ host, options, names }: SystemctlCall): Answer {
  const said = names.map((name) => ({ name: fullName(name), ...enablementOf(host, fullName(name)) }))
  const unknown = said.find(({ word }) => word === '')
  if (unknown) {
    return {
      exit: 1,
      stderr: `Failed to get unit file state for ${unknown.name}: No such file or directory\n`,
    }
  }
  return {
    stdout: options.has('q') ? '' : lines(said.map(({ word }) => word)),
    stderr: lines(said.flatMap(({ notes }) => notes)),
    exit: said.some(({ word }) => asGoodAsEnabled.has(word)) ? 0 : 1,
  }
}

export function listUnits({ host, options, names }: SystemctlCall): Answer {
  const fits = fitting(names)
  const units = loadedUnits(host).filter(({ id }) => isOfType(options.texts('t'), id) && fits(id))
  const states = options.has('failed')
    ? ['failed']
    : options.texts('state').flatMap((text) => text.split(','))
  const rows = units
    .map((unit) => [unit.id, unit.load, activeState(host, unit), subState(host, unit), descriptionOf(unit)])
    .filter(([, , active = '', sub = '']) =>
      states.length > 0
        ? states.includes(active) || states.includes(sub)
        : options.has('a') || active !== 'inactive',
    )
  if (options.has('no-legend')) return { stdout: table(rows, [], ' ') }
  const text = table([['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows], [], ' ')
  return { stdout: `${text.replaceAll(/^/gm, '  ').trimEnd()}\n\n${rows.length} loaded units listed.\n` }
}

export function listUnitFiles({ host, options, names }: SystemctlCall): Answer {
  const fits = fitting(names)
  const found = unitFileNames(host).filter((name) => isOfType(options.texts('t'), name) && fits(name))
  const rows = found.map((name) => {
    const state = fileState(host, name)
    return [name, state, ['static', 'alias', 'generated', 'indirect'].includes(state) ? '-' : 'enabled']
  })
  if (options.has('no-legend')) return { stdout: table(rows, [], ' ') }
  return {
    stdout: `${table([['UNIT FILE', 'STATE', 'PRESET'], ...rows], [], ' ')}\n${rows.length} unit files listed.\n`,
  }
}

const isOfType = (types: readonly string[], name: string): boolean =>
  types.length === 0 || types.flatMap((text) => text.split(',')).includes(typeOf(name))

export function cat({ host, names }: SystemctlCall): Answer {
  const units = names.map((name) => loadedUnit(host, fullName(name)))
  const missing = units.find(({ path }) => path === '')
  if (missing) return { exit: 1, stderr: `No files found for ${missing.id}.\n` }
  const files = units.flatMap(({ path, dropIns }) => [path, ...dropIns])
  return { stdout: files.map((file) => `# ${file}\n${readText(host.path(file))}`).join('\n') }
}

/** 3 when one of them does not run, 4 when there is no such unit. */
export function status({ host, options, names }: SystemctlCall): Answer {
  const answers = names.map((name) => statusOf(host, fullName(name), Number(options.text('n') ?? 10)))
  return {
    stdout: answers.flatMap(({ stdout = '' }) => stdout || []).join('\n'),
    stderr: answers.map(({ stderr = '' }) => stderr).join(''),
    exit: Math.max(...answers.map(({ exit = 0 }) => exit)),
  }
}

const dots = { active: '●', failed: '×', inactive: '○', activating: '●' } as const

function statusOf(host: DoubleHost, name: string, logged: number): Answer {
  const unit = loadedUnit(host, name)
  if (unit.load === 'not-found') return { exit: 4, stderr: `Unit ${unit.id} could not be found.\n` }
  const { active, sub, result, mainPid } = stateOf(host, unit.id)
  const log = readText(join(runFolder(host, unit.id), 'log')).trimEnd()
  const text = [
    `${dots[active]} ${unit.id} - ${descriptionOf(unit)}`,
    `     Loaded: ${unit.load} (${unit.path || unit.id}; ${fileState(host, name)})`,
    `     Active: ${active} (${active === 'failed' ? `Result: ${result}` : sub})`,
    ...(mainPid > 0 ? [`   Main PID: ${mainPid} (${commandOf(mainPid)})`] : []),
    ...(log === '' ? [] : ['', ...log.split('\n').slice(-logged)]),
  ]
  return { stdout: lines(text), exit: active === 'active' || active === 'activating' ? 0 : 3 }
}

const commandOf = (pid: number): string => readText(`/proc/${pid}/comm`).trim()

export function isSystemRunning({ host }: SystemctlCall): Answer {
  if (!existsSync(host.path('/run/systemd/system'))) return { exit: 1, stdout: 'offline\n' }
  const failed = startedUnits(host).some((id) => stateOf(host, id).active === 'failed')
  return { stdout: failed ? 'degraded\n' : 'running\n', exit: failed ? 1 : 0 }
}
