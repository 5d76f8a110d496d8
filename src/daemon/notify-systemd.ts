import { spawn } from 'node:child_process'
import { once } from 'node:events'

let told: Promise<unknown> = Promise.resolve()

/**
 * Tells systemd how the daemon is, when it was started as a service with `Type=notify` (sd_notify(3)). Node cannot
 * open the datagram socket this takes, so systemd's own program does it; a failure changes nothing. What is told
 * arrives in its order; the promise settles when it has.
 */
export function notifySystemd(
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<unknown> {
  if (!env['NOTIFY_SOCKET']) return told
  told = told
    .then(() => once(spawn('systemd-notify', [...words], { stdio: 'ignore' }), 'close'))
    .catch(() => undefined)
  return told
}

/** The words around a reload: systemd takes them for one by the clock that they name. */
export const reloading = (): readonly string[] => [
  'RELOADING=1',
  `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`,
]

/**
 * How often to say that all is well, in milliseconds: four times in the time after which systemd ends a service that
 * says nothing (sd_watchdog_enabled(3)).
 */
export function watchdogMs(env: NodeJS.ProcessEnv = process.env): number {
  const limit = Number(env['WATCHDOG_USEC']) / 1000
  return limit > 0 ? Math.max(250, limit / 4) : 30_000
}
