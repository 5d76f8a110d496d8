import { once } from 'node:events'
import { schedule as everyFewSeconds } from 'node-cron'
import { explainedUsage } from '#app/explained-usage.ts'
import type { Outcome } from '#app/requests.ts'
import { type Ledger, openLedger, thisProcess } from '#app/schedule-ledger.ts'
import { stateFolder } from '#app/state-folder.ts'
import type { Terminal } from '#base/terminal.ts'
import { UsageError } from '#model/usage-error.ts'
import { Daemon } from './daemon.ts'
import type { DaemonRequest } from './daemon-request.ts'
import { notifySystemd, reloading, watchdogMs } from './notify-systemd.ts'
import { onHangUp } from './on-hang-up.ts'
import { ScheduleWatch } from './schedule-watch.ts'
import { serveStatus } from './status-server.ts'

/** How often it looks. Anything it does depends on the clock and the ledger alone, never on when it looked. */
const tickPattern = '*/5 * * * * *'

/** `tsplay daemon`: starts what is due until it is told to end. */
export async function runDaemon(
  request: DaemonRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    const watch = new ScheduleWatch(request.file, request.vaultIds, terminal)
    await watch.refresh()
    if (!watch.file) return { exitReason: 'project' }
    const ledger = openLedger()
    try {
      takeState(ledger)
      await serve(new Daemon({ request, terminal, ledger, watch }), { request, terminal, signal })
      return { exitReason: 'done' }
    } finally {
      ledger.close()
    }
  })
}

function takeState(ledger: Ledger): void {
  const other = ledger.take('daemon', thisProcess())
  if (!other) return
  throw new UsageError(`A daemon runs already for ${stateFolder()}: process ${other.pid} on ${other.host}.`, {
    remedy: 'End it first, or give this one a state folder of its own with TSPLAY_STATE_DIR.',
  })
}

async function serve(
  daemon: Daemon,
  { request, terminal, signal }: { request: DaemonRequest; terminal: Terminal; signal: AbortSignal },
): Promise<void> {
  const server = request.listen === 'off' ? undefined : await serveStatus(request.listen, daemon)
  await daemon.tick()
  void notifySystemd(['--ready', `--status=${daemon.statusLine()}`])
  terminal.notice(
    `${daemon.statusLine()}${server ? ` Status on http://${addressOf(server.address())}/.` : ''}`,
  )
  const ticker = everyFewSeconds(tickPattern, () => daemon.tick(), {
    timezone: 'UTC',
    noOverlap: true,
    suppressMissedWarning: true,
  })
  const watchdog = setInterval(() => {
    if (!daemon.isLate()) void notifySystemd(['WATCHDOG=1'])
  }, watchdogMs())
  const settle = onHangUp(() => void reload(daemon))
  if (!signal.aborted) await once(signal, 'abort')
  settle()
  clearInterval(watchdog)
  void notifySystemd(['--stopping'])
  await ticker.destroy()
  server?.close()
  server?.closeAllConnections()
  const left = await daemon.end(request.drainMs)
  if (left > 0) terminal.notice(`${left} run${left === 1 ? ' goes' : 's go'} on; the next daemon takes over.`)
}

/** systemd waits for the second word of it before `systemctl reload` ends. */
async function reload(daemon: Daemon): Promise<void> {
  void notifySystemd(reloading())
  await daemon.reload()
  await notifySystemd(['--ready', `--status=${daemon.statusLine()}`])
}

function addressOf(address: ReturnType<import('node:http').Server['address']>): string {
  if (address === null || typeof address === 'string') return String(address)
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
