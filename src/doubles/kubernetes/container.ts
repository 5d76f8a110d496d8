import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { DoubleHost } from '../host.ts'

const pidFile = (host: DoubleHost, program: string): string => host.path(`/run/${program}.pid`)

/** What runs of a program that stands for containers: its process, and the words it was started with. */
function running(host: DoubleHost, program: string): { pid: number; words: string } | undefined {
  const file = pidFile(host, program)
  if (!existsSync(file)) return undefined
  const [pid = '', ...words] = readFileSync(file, 'utf8').split('\n')
  return pid !== '' && existsSync(`/proc/${pid}`) ? { pid: Number(pid), words: words.join('\n') } : undefined
}

/**
 * Keeps a program running that outlives whoever keeps it, as containers outlive their kubelet: the next one adopts it. One
 * with other words is ended, and started by a later call; without words there shall be none.
 */
export function keepContainer(host: DoubleHost, program: string, words: readonly string[] | undefined): void {
  const present = running(host, program)
  if (present && words && present.words === words.join('\n')) return
  if (present) process.kill(present.pid, 'SIGTERM')
  if (present || !words) return
  const log = openSync(host.path(`/var/log/${program}.log`), 'a')
  const main = process.argv[1] ?? ''
  const child = spawn(process.execPath, [main, host.root, program, ...words], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  writeFileSync(pidFile(host, program), [String(child.pid), ...words].join('\n'))
}

/** Ends a program, if it runs. */
export function endContainer(host: DoubleHost, program: string): void {
  const present = running(host, program)
  if (present) process.kill(present.pid, 'SIGTERM')
  rmSync(pidFile(host, program), { force: true })
}
