import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DoubleHost } from '../host.ts'

/** The script of a service that has no unit file; undefined when there is none either. */
export function initScriptText(host: DoubleHost, service: string): string | undefined {
  try {
    return readFileSync(host.path(`/etc/init.d/${service}`), 'utf8')
  } catch {
    return undefined
  }
}

/** Those that the host has, by the names of their services. */
export function initScripts(host: DoubleHost): string[] {
  const folder = host.path('/etc/init.d')
  const isProgram = (name: string) => ((statSync(join(folder, name)).mode ?? 0) & 0o100) !== 0
  try {
    return readdirSync(folder).filter(isProgram)
  } catch {
    return []
  }
}

/** Whether a script is started in one of the runlevels in which several users work. */
export const startsAtBoot = (host: DoubleHost, service: string): boolean =>
  bootScripts(host).includes(service)

/** The scripts that are, by the names of their services. */
export function bootScripts(host: DoubleHost): string[] {
  const links = ['2', '3', '4', '5'].flatMap((level) => {
    try {
      return readdirSync(host.path(`/etc/rc${level}.d`))
    } catch {
      return []
    }
  })
  return [...new Set(links.flatMap((link) => /^S\d\d(.+)$/.exec(link)?.[1] ?? []))]
}

/** The unit that systemd-sysv-generator(8) makes of a script. */
export function generatedUnit(service: string, script: string): string {
  const path = `/etc/init.d/${service}`
  const short = /^# Short-Description:\s*(.*)$/m.exec(script)?.[1]
  const pidFile = /^# pidfile:\s*(\S+)/m.exec(script)?.[1]
  const reloads = /^.*usage.*\breload\b/im.test(script)
  return [
    '[Unit]',
    `Description=${short === undefined ? `SYSV: ${service}` : `LSB: ${short}`}`,
    '[Service]',
    'Type=forking',
    'KillMode=process',
    ...(pidFile === undefined ? ['RemainAfterExit=yes'] : [`PIDFile=${pidFile}`]),
    `ExecStart=${path} start`,
    `ExecStop=${path} stop`,
    ...(reloads ? [`ExecReload=${path} reload`] : []),
    '',
  ].join('\n')
}
