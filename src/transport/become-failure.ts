import { HostError } from '#model/host-error.ts'
import type { Become } from '#model/transport.ts'
import type { Launch } from './launch.ts'
import type { ShellNotReady } from './shell-not-ready.ts'

type Cause =
  | 'terminal'
  | 'wrong-password'
  | 'needs-password'
  | 'not-allowed'
  | 'missing'
  | 'no-user'
  | 'other'

/**
 * What sudo (also sudo-rs), su and doas say when they refuse, in order of precedence. The texts are English
 * because frames and these programs start under the C locale or the server's own; anything else is shown as it is.
 */
const texts: readonly (readonly [Cause, RegExp])[] = [
  [
    'terminal',
    /must have a tty|must be run from a terminal|a terminal is required|no tty present|a tty is required/i,
  ],
  ['missing', /not found|unknown command|exec: .*no such file|: \S*(?:sudo|su|doas)\S*: no such file/i],
  [
    'not-allowed',
    /doas is not enabled|not in the sudoers file|is not allowed to|may not run sudo|not permitted to|Operation not permitted/i,
  ],
  ['no-user', /unknown user|user .* does not exist|no passwd entry|No such user/i],
  [
    'wrong-password',
    /incorrect (?:password|authentication) attempt|sorry, try again|try again|maximum \d+ incorrect/i,
  ],
  ['needs-password', /password is required|authentication (?:is )?required|authorization required/i],
  ['wrong-password', /authentication (?:failure|failed|error)|su: incorrect password|permission denied/i],
]

/** True when the other user can be become, but only from a terminal. */
export function wantsTerminal(failure: ShellNotReady): boolean {
  return causeOf(failure, undefined) === 'terminal'
}

/** Explains why a shell of another user did not start. */
export function becomeError(failure: ShellNotReady, launch: Launch, become: Become): HostError {
  const cause = causeOf(failure, launch)
  const said = lastWords(failure, launch)
  return new HostError('become', sentence(cause, become, said), {
    ...(failure.ending.rc !== undefined && { rc: failure.ending.rc }),
    stderr: said,
    remedy: remedies[cause],
    cause: failure,
  })
}

function causeOf(failure: ShellNotReady, launch: Launch | undefined): Cause {
  const said = `${failure.noise.stderr}\n${failure.noise.stdout}`
  if (launch?.prompt && said.split(launch.prompt).length > 2) return 'wrong-password'
  return texts.find(([, pattern]) => pattern.test(said))?.[0] ?? 'other'
}

function sentence(cause: Cause, { method, user, executable, password }: Become, said: string): string {
  const program = executable ?? method
  const quotedWords = said === '' ? '' : ` It said: ${said}`
  if (cause === 'wrong-password' && password) return `${program} refused the password for ${user}.`
  if (cause === 'wrong-password' || cause === 'needs-password')
    return `${program} wants a password to become ${user}.`
  if (cause === 'missing') return `${program} is not installed on the host.`
  if (cause === 'not-allowed')
    return `${program} does not let this user run a shell as ${user}.${quotedWords}`
  if (cause === 'no-user') return `There is no user ${user} on the host.`
  if (cause === 'terminal')
    return `${program} works from a terminal only, and none could be had.${quotedWords}`
  return `${program} could not become ${user}.${quotedWords}`
}

const remedies: Readonly<Record<Cause, string>> = {
  terminal: 'Allow terminals (PermitTTY) on the server, or lift requiretty for this user.',
  'wrong-password': 'Check become_password.',
  'needs-password': 'Set become_password, or allow this user to do so without one.',
  'not-allowed':
    'tsplay needs a rule that allows /bin/sh (or ALL), since tasks run in one shell for each user.',
  missing: 'Install it, or set become_method.',
  'no-user': 'Check become_user.',
  other: 'Try the same by hand on the host.',
}

/** What was printed, without prompts and blank lines. */
function lastWords({ noise }: ShellNotReady, launch: Launch): string {
  const said = `${noise.stdout}\n${noise.stderr}`.replaceAll(launch.prompt ?? '\0', '')
  const lines = said.split(/\r?\n/).map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .slice(-4)
    .join(' / ')
}
