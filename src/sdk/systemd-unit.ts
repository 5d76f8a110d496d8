import { raw, type Script, sh } from './quote.ts'

/** What systemd says about a unit. */
export interface SystemdUnit {
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error`; `unavailable` where no systemd answers. */
  readonly load: string
  /** `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`. */
  readonly active: string
  readonly sub: string
  /** `enabled`, `enabled-runtime`, `disabled`, `static`, `masked`, `alias`, …; empty for unknown units. */
  readonly enabled: string
  readonly path: string
  /** The file on disk is newer than what systemd has loaded. */
  readonly needsReload: boolean
  readonly canReload: boolean
  /** Another one after each start. */
  readonly invocation: string
  /** All that systemd says, for the registered result. */
  readonly properties: Readonly<Record<string, string>>
  /** What systemctl said when it could not answer. */
  readonly error: string
}

const suffixes = /[.](service|socket|timer|mount|automount|path|target|device|swap|slice|scope)$/

/** `nginx` means `nginx.service`, as for systemctl. */
export const unitName = (name: string): string => (suffixes.test(name) ? name : `${name}.service`)

export type UnitScope = 'system' | 'user' | 'global'

/** systemctl for a scope; a shell that was not opened by a login does not know where the user's manager is. */
export function systemctl(scope: UnitScope, ...words: readonly string[]): Script {
  const environment = scope === 'user' ? 'XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} ' : ''
  return sh`${raw(environment)}systemctl ${[`--${scope}`, ...words]}`
}
