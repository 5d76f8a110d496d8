import { quote } from '#sdk/quote.ts'

/** A command that runs on a host without needing the connection it was started on. */
export interface AsyncJob {
  readonly id: string
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  /** It is ended after this time. */
  readonly limitSeconds: number
}

/** Where a job keeps its state on the host, relative to the acting user's home; read by `async_status` as well. */
const jobFolder = (id: string): string => `"$HOME"/.tsplay/jobs/${quote(id)}`

/**
 * Starts a job detached: its own session, no terminal, input and output in files. The folder holds `script`,
 * `keeper`, `pid`, `started`, `stdout`, `stderr`, and when it has ended `rc` and `finished`; `rc` appears last and whole,
 * so a reader that sees it sees everything. A job over its limit gets rc 124, as timeout(1) gives.
 */
export function startJobScript(job: AsyncJob): string {
  const exports = Object.entries(job.env).map(([name, value]) => `export ${name}=${quote(value)}`)
  return [
    `d=${jobFolder(job.id)}`,
    'umask 077',
    'mkdir -p "$d" || exit 1',
    'date +%s > "$d/started"',
    `printf %s ${quote([...exports, job.script].join('\n'))} > "$d/script"`,
    `printf %s ${quote(supervisor(job.limitSeconds))} > "$d/run"`,
    'if command -v setsid >/dev/null 2>&1; then s=setsid; else s=nohup; fi',
    '$s sh "$d/run" "$d" </dev/null >/dev/null 2>&1 &',
    'echo $! >"$d/keeper"',
    'printf %s\\\\n "$d"',
  ].join('\n')
}

/** The job's own umask and folder are those of a fresh login, not of tsplay's shell. */
function supervisor(limitSeconds: number): string {
  return [
    'd=$1',
    'cd "$HOME" || cd /',
    'umask 022',
    // All that the command starts is in its group, and is ended with it.
    'if command -v setsid >/dev/null 2>&1; then s=setsid g=-; else s= g=; fi',
    '$s sh "$d/script" </dev/null >"$d/stdout" 2>"$d/stderr" &',
    'p=$!',
    'echo "$p" >"$d/pid"',
    watch(limitSeconds),
    'w=$!',
    'wait "$p"',
    'rc=$?',
    'kill "$w" 2>/dev/null',
    '[ -e "$d/overdue" ] && rc=124',
    'date +%s >"$d/finished"',
    'echo "$rc" >"$d/rc.new"',
    'mv "$d/rc.new" "$d/rc"',
    '',
  ].join('\n')
}

/**
 * Ends an overdue job. When the job ends first, its keeper ends the watch, which takes its `sleep` along: that would
 * otherwise stay on the host until the limit. Before there is a `sleep`, `$!` is still the job's own process.
 */
function watch(limitSeconds: number): string {
  return [
    '(',
    `trap '[ "$!" = "$p" ] || kill "$!" 2>/dev/null; exit 0' TERM`,
    `sleep ${limitSeconds} & wait "$!"`,
    ': >"$d/overdue"',
    'kill -TERM "$g$p" 2>/dev/null',
    'sleep 5 & wait "$!"',
    'kill -KILL "$g$p" 2>/dev/null',
    ') &',
  ].join('\n')
}

/**
 * Asks for a job's end. Prints nothing while it runs; afterwards the exit code on stdout's first line, then its
 * stdout, and its stderr on stderr.
 */
export function pollJobScript(id: string): string {
  return [
    `d=${jobFolder(id)}`,
    '[ -d "$d" ] || exit 66',
    '[ -e "$d/rc" ] || exit 75',
    'cat "$d/rc" "$d/stdout"',
    'cat "$d/stderr" >&2',
  ].join('\n')
}

/** Removes what a job left, once its result is on the controller. */
export const removeJobScript = (id: string): string => `rm -rf ${jobFolder(id)}`

/** Exit codes of `pollJobScript`, after sysexits.h: EX_NOINPUT and EX_TEMPFAIL. */
export const jobMissing = 66
export const jobRuns = 75

/** Thrown out of a module's apply when its command was started and is not waited for (`poll: 0`). */
export class Detached extends Error {
  override readonly name = 'Detached'
  readonly id: string

  constructor(id: string) {
    super(`The job ${id} was started.`)
    this.id = id
  }
}
