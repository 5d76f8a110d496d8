import { EvaluationError } from '#model/evaluation-error.ts'
import { HostError } from '#model/host-error.ts'
import type { Keywords } from '#model/program.ts'
import { Secret } from '#model/secret.ts'
import type { Become } from '#model/transport.ts'
import type { Value } from '#model/value.ts'
import { variableReader } from './host-address.ts'
import type { Wishes } from './host-sessions.ts'
import type { RunState } from './run-state.ts'
import type { Scope } from './scope.ts'

/** Renders a keyword that is true or false, in YAML 1.1's words as well. */
export function flag(value: Value | undefined, scope: Scope, otherwise = false): boolean {
  if (!value) return otherwise
  const given = value.render(scope)
  if (typeof given === 'boolean') return given
  const word = String(given).toLowerCase()
  if (['yes', 'on', 'true', '1'].includes(word)) return true
  if (['no', 'off', 'false', '0', ''].includes(word)) return false
  throw new EvaluationError(`"${String(given)}" is neither true nor false.`, value.range)
}

export function number(value: Value | undefined, scope: Scope): number | undefined {
  if (!value) return undefined
  const given = value.render(scope)
  if (given === null || given === '') return undefined
  const result = Number(given)
  if (Number.isFinite(result)) return result
  throw new EvaluationError(`"${String(given)}" is not a number.`, value.range)
}

export function text(value: Value | undefined, scope: Scope): string | undefined {
  if (!value) return undefined
  const given = value.render(scope)
  if (given === null || given === '') return undefined
  return given instanceof Secret ? given.reveal() : String(given)
}

/** `environment`: later mappings win; values become text. */
export function environment(keywords: Keywords, scope: Scope): Readonly<Record<string, string>> {
  const result: Record<string, string> = {}
  for (const value of keywords.environment) {
    const given = value.render(scope)
    for (const layer of Array.isArray(given) ? given : [given])
      Object.assign(result, asEnvironment(layer, value))
  }
  return result
}

function asEnvironment(layer: unknown, value: Value): Record<string, string> {
  if (layer === null || layer === '') return {}
  if (typeof layer !== 'object') throw new EvaluationError('"environment" must be a mapping.', value.range)
  const entries = Object.entries(layer ?? {}).map(([name, one]) => [
    name,
    one instanceof Secret ? one.reveal() : String(one),
  ])
  return Object.fromEntries(entries)
}

/** How the task wants to reach its host, where variables do not say. */
export function wishesOf(keywords: Keywords, scope: Scope): Wishes {
  const connection = text(keywords.connection, scope)
  const port = number(keywords.port, scope)
  const user = text(keywords.remoteUser, scope)
  return {
    ...(connection === undefined ? {} : { connection }),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
  }
}

export interface BecomeScopes {
  /** Where the keywords stand. */
  readonly scope: Scope
  /** Of the host that is acted on: the same unless the task is delegated. */
  readonly variables: Scope
}

/** Whom to become; variables win over keywords, and those over the command line, as in Ansible. */
export function becomeOf(
  run: RunState,
  keywords: Keywords,
  { scope, variables }: BecomeScopes,
): Become | undefined {
  const read = variableReader(run, variables)
  const settings = run.settings.connection
  const wanted = read.text('become')
  const isWanted = wanted === undefined ? flag(keywords.become, scope, settings.become) : isTrue(wanted)
  if (!isWanted) return undefined
  const method =
    read.text('become_method') ?? text(keywords.becomeMethod, scope) ?? settings.becomeMethod ?? 'sudo'
  const password = read.secret('become_password') ?? settings.becomePassword
  const executable = read.text('become_exe') ?? text(keywords.becomeExe, scope)
  const flags = read.text('become_flags') ?? text(keywords.becomeFlags, scope)
  return {
    user: read.text('become_user') ?? text(keywords.becomeUser, scope) ?? settings.becomeUser ?? 'root',
    method: knownMethod(method),
    ...(password ? { password } : {}),
    ...(executable ? { executable } : {}),
    ...(flags ? { flags } : {}),
  }
}

const isTrue = (word: string): boolean => ['true', 'yes', 'on', '1'].includes(word.toLowerCase())

function knownMethod(method: string): Become['method'] {
  if (method === 'sudo' || method === 'su' || method === 'doas') return method
  throw new HostError('refused', `become_method is "${method}"; tsplay knows sudo, su and doas.`)
}
