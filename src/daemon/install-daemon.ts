import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { explainedUsage } from '#app/explained-usage.ts'
import { replaceFile } from '#app/replace-file.ts'
import type { Outcome } from '#app/requests.ts'
import { stateFolder } from '#app/state-folder.ts'
import type { Terminal } from '#base/terminal.ts'
import { UsageError } from '#model/usage-error.ts'
import type { InstallRequest } from './daemon-request.ts'

/** `tsplay daemon install`: the daemon of the project in the working folder as a service of systemd. */
export async function installDaemon(
  request: InstallRequest,
  terminal: Terminal,
  _signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    if (!existsSync(request.file)) throw new UsageError(`There is no file "${request.file}".`)
    const unit = unitText(request, { folder: process.cwd(), state: stateFolder(), env: process.env })
    if (request.print) {
      terminal.stdout.write(unit)
      return { exitReason: 'done' }
    }
    await write(request.name, unit, terminal)
    return { exitReason: 'done' }
  })
}

async function write(name: string, unit: string, terminal: Terminal): Promise<void> {
  const folder = process.env['TSPLAY_UNIT_DIR'] ?? '/etc/systemd/system'
  const path = join(folder, `${name}.service`)
  if (existsSync(path) && readFileSync(path, 'utf8') === unit) {
    return terminal.notice(`${path} is as it has to be.`)
  }
  await replaceFile(path, unit).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${path} cannot be written: ${reason}.`, {
      cause,
      remedy: 'Run it as root, or take what --print shows.',
    })
  })
  terminal.notice(`${path} is written. To start it:`)
  terminal.notice(`  systemctl daemon-reload && systemctl enable --now ${name}`)
}

export interface UnitPlace {
  readonly folder: string
  readonly state: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * The unit. `KillMode=process`: a daemon that is stopped, updated or killed leaves its runs alone, and the next one
 * takes them over. The watchdog ends a daemon that no longer looks at its schedules.
 */
export function unitText(
  { file, listen, credential }: InstallRequest,
  { folder, state, env }: UnitPlace,
): string {
  const [, program = ''] = process.argv
  const words = [process.execPath, program, 'daemon', '-f', resolve(folder, file), '--listen', listen]
  return `[Unit]
Description=tsplay: schedules of ${folder}
Wants=network-online.target time-sync.target
After=network-online.target time-sync.target

[Service]
Type=notify
NotifyAccess=all
WatchdogSec=120
ExecStart=${words.map(quoted).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
WorkingDirectory=${escapedPath(folder)}
Environment=${quoted(`TSPLAY_STATE_DIR=${state}`)}
Environment=${quoted(`PATH=${dirname(process.execPath)}:${env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`)}
${credential === undefined ? '' : `LoadCredential=tsplay-vault:${escapedPath(resolve(folder, credential))}\n`}KillMode=process
Restart=always
RestartSec=10
TimeoutStopSec=120

[Install]
WantedBy=multi-user.target
`
}

/** systemd.service(5), "Command lines": quotes, `%` and `$` mean something. */
const quoted = (word: string): string =>
  `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`

const escapedPath = (path: string): string => path.replaceAll('%', '%%')
