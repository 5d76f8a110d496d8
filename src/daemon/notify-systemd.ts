import { spawn } from 'node:child_process'

/**
 * Tells systemd how the daemon is, when it was started as a service with `Type=notify` (sd_notify(3)). Node cannot
 * open the datagram socket this takes, so systemd's own program does it; a failure changes nothing.
 */
export function notifySystemd(words: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  if (!env['NOTIFY_SOCKET']) return
  spawn('systemd-notify', [...words], { stdio: 'ignore' }).on('error', () => undefined)
}
