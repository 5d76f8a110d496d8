import type { Change } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import type { Controller } from './controller.ts'
import type { CommandResult, ReadHost, WriteHost } from './host.ts'
import type { Mode, ModuleResult } from './module.ts'
import { quote, Script } from './quote.ts'

/** The arguments that say when a command is needed. */
export interface Guards {
  readonly chdir?: string
  readonly creates?: string
  readonly removes?: string
  readonly unless?: string
  readonly onlyif?: string
}

/** Why a command need not run; undefined when it must. `guarded`: something decided. */
export interface Need {
  readonly reason: string | undefined
  readonly guarded: boolean
}

/** Asks whether a command is needed. `firstMatch` finds what a pattern stands for on the host. */
export async function commandNeed(
  guards: Guards,
  host: ReadHost,
  firstMatch: (pattern: string) => Promise<string | undefined>,
): Promise<Need> {
  const { creates, removes, unless, onlyif } = guards
  const [created, removed, done, wanted] = await Promise.all([
    creates === undefined ? undefined : firstMatch(from(guards.chdir, creates)),
    removes === undefined ? undefined : firstMatch(from(guards.chdir, removes)),
    unless === undefined ? undefined : host.read(inFolder(guards.chdir, unless)),
    onlyif === undefined ? undefined : host.read(inFolder(guards.chdir, onlyif)),
  ])
  const reasons = [
    created !== undefined && `skipped, since ${creates} exists`,
    removes !== undefined && removed === undefined && `skipped, since ${removes} does not exist`,
    done?.rc === 0 && `skipped, since "${unless}" succeeds`,
    wanted !== undefined && wanted.rc !== 0 && `skipped, since "${onlyif}" fails`,
  ]
  const guarded = [creates, removes, unless, onlyif].some((guard) => guard !== undefined)
  return { reason: reasons.find((reason) => typeof reason === 'string'), guarded }
}

/** An unguarded command is honest in check mode: only running it would tell. */
export function commandChanges({ reason, guarded }: Need, mode: Mode): readonly Change[] {
  if (reason !== undefined) return []
  const before = mode === 'check' && !guarded ? new Unknown('the command') : 'not run'
  return [{ field: 'command', before, after: 'run' }]
}

const from = (chdir: string | undefined, path: string): string =>
  chdir === undefined || /^[/~]/.test(path) ? path : `${chdir.replace(/\/$/, '')}/${path}`

/** A shell text in a folder, by a shell of its own, so that `exit` and options in it stay its own. */
export function inFolder(chdir: string | undefined, text: string, shell = '/bin/sh'): Script {
  return new Script(`${enter(chdir)}${quote(shell)} -c ${quote(text)}`)
}

export function enter(chdir: string | undefined): string {
  if (chdir === undefined) return ''
  const word =
    chdir === '~' || chdir.startsWith('~/') ? `"$HOME"${quote(chdir.slice(1) || '/')}` : quote(chdir)
  return `cd ${word} || exit 1\n`
}

export interface Input {
  readonly stdin?: string
  readonly stdin_add_newline?: boolean
}

/** Puts text on a script's standard input. */
export function withInput(script: Script, { stdin, stdin_add_newline: newline }: Input): Script {
  if (stdin === undefined) return script
  const text = newline === false || stdin.endsWith('\n') ? stdin : `${stdin}\n`
  return new Script(`printf %s ${quote(text)} | {\n${script.text}\n}`)
}

export interface Ran extends CommandResult {
  readonly cmd: unknown
  readonly started: Date
  readonly ended: Date
}

/** Runs a command and keeps everything it said; its exit code is judged later. */
export async function runCommand(
  script: Script,
  cmd: unknown,
  { host, controller }: { host: WriteHost; controller: Controller },
): Promise<Ran> {
  const started = controller.now()
  const result = await host.run(script, { accept: 'any', live: true })
  return { ...result, cmd, started, ended: controller.now() }
}

/** What a command registers, in Ansible's names. */
export function commandResult(
  ran: Ran | undefined,
  need: Need,
  options: { strip?: boolean | undefined; cmd: unknown },
): ModuleResult {
  if (!ran) return notRun(need, options.cmd)
  const { rc, cmd, started, ended } = ran
  const output = commandOutput(ran, options.strip !== false)
  return {
    changed: true,
    failed: rc !== 0,
    ...(rc === 0 ? {} : { msg: failureText(rc, output.stderr) }),
    data: {
      cmd,
      rc,
      ...output,
      start: started.toISOString(),
      end: ended.toISOString(),
      delta: (ended.getTime() - started.getTime()) / 1000,
    },
  }
}

/** A command's output as it is registered: as texts and as lines, without the newlines at their ends. */
export function commandOutput(ran: Pick<Ran, 'stdout' | 'stderr'>, strip = true) {
  const stdout = strip ? ran.stdout.replace(/[\r\n]+$/, '') : ran.stdout
  const stderr = strip ? ran.stderr.replace(/[\r\n]+$/, '') : ran.stderr
  return { stdout, stderr, stdout_lines: linesOf(stdout), stderr_lines: linesOf(stderr) }
}

function notRun({ reason }: Need, cmd: unknown): ModuleResult {
  const stdout = reason ?? ''
  const msg = reason ?? 'The command would run.'
  return { msg, data: { cmd, rc: 0, stdout, stderr: '', stdout_lines: linesOf(stdout), stderr_lines: [] } }
}

function failureText(rc: number, stderr: string): string {
  const said = stderr.trim().split('\n').at(-1)
  if (rc === 127) return `The command was not found${said ? `: ${said}` : '.'}`
  return `It ended with exit code ${rc}${said ? `: ${said}` : '.'}`
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/\r?\n/))
