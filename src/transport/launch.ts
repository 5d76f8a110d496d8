import type { Become } from '#model/transport.ts'
import { loginShellWord } from './login-shell-word.ts'
import { newNonce } from './nonce.ts'

/** How a shell of some user is started, and what it is told before it listens. */
export interface Launch {
  /** Marks everything that is said over this wire. */
  readonly nonce: string
  readonly command: string
  /** Sent ahead on stdin. */
  readonly first: string
  readonly pty: boolean
  /** Nothing may follow `first` before the shell has answered: a refused password would take it for another try. */
  readonly waits: boolean
  /** With a terminal: typed when a prompt is seen. */
  readonly password?: string
  /** Printed by sudo when it wants a password. */
  readonly prompt?: string
  readonly become?: Become
}

/** What the shell does first: read a shell's input, or load a script that leaves stdin to its own commands. */
export type Purpose = 'shell' | 'program'

const work = {
  shell: (shell: string) => `exec ${shell}`,
  // The first line loads the rest, so that a script never stands in an argument list.
  program: () => 'IFS= read -r l; eval "$l"',
} as const

interface LaunchOptions {
  readonly nonce: string
  readonly purpose: Purpose
  readonly shell: string
}

/** The launches to try for a user, best first. The login user's own shell needs no more than one. */
export function launchesFor(
  become: Become | undefined,
  { purpose, shell }: { purpose: Purpose; shell: string },
): readonly Launch[] {
  const options = { nonce: newNonce(), purpose, shell }
  return become ? becomeLaunches(become, options) : [plainLaunch(options)]
}

function plainLaunch({ nonce, purpose, shell }: LaunchOptions): Launch {
  const command = purpose === 'shell' ? `exec ${shell}` : `exec ${shell} -c ${loginShellWord(work.program())}`
  return { nonce, command, first: '', pty: false, waits: false }
}

/**
 * The ways to become another user; the next one is tried when the one before says that it needs a terminal.
 * Passwords go over stdin only.
 */
function becomeLaunches(become: Become, options: LaunchOptions): readonly Launch[] {
  const withPipes = become.method === 'doas' && become.password ? [] : [pipeLaunch(become, options)]
  // A terminal has no end of input, so programs that read bytes do without.
  const withTerminal = options.purpose === 'shell' ? [terminalLaunch(become, options)] : []
  return [...withPipes, ...withTerminal]
}

function pipeLaunch(become: Become, options: LaunchOptions): Launch {
  const { nonce, purpose, shell } = options
  if (!become.password) {
    const words = purpose === 'shell' ? [shell] : [shell, '-c', work.program()]
    return {
      nonce,
      command: invocation(become, words, { nonce }),
      first: '',
      pty: false,
      waits: false,
      become,
    }
  }
  // If no password was asked for, the loop swallows it: it must never reach a shell as a command.
  const swallow = `while IFS= read -r l; do [ "$l" = ${nonce} ] && break; done; ${work[purpose](shell)}`
  return {
    nonce,
    command: invocation(become, [shell, '-c', swallow], { nonce, asks: true }),
    first: `${become.password.reveal()}\n${nonce}\n`,
    pty: false,
    waits: true,
    prompt: promptOf(nonce),
    become,
  }
}

function terminalLaunch(become: Become, options: LaunchOptions): Launch {
  const { nonce, purpose, shell } = options
  // sudo empties the terminal's input after the password, so nothing may be sent before this line is seen.
  // With stderr elsewhere the shell does not take itself for an interactive one.
  const raw = `stty raw -echo; echo ${goOf(nonce)}; ${work[purpose](shell)} 2>/dev/null`
  const asks = become.password !== undefined
  return {
    nonce,
    command: invocation(become, [shell, '-c', raw], { nonce, asks }),
    first: '',
    pty: true,
    waits: true,
    prompt: promptOf(nonce),
    ...(become.password && { password: become.password.reveal() }),
    become,
  }
}

/** Printed by a shell behind a terminal when it can be talked to. */
export const goOf = (nonce: string): string => `go-${nonce}`

/** Never part of a password dialogue by chance. */
const promptOf = (nonce: string): string => `password-${nonce}:`

interface Dialogue {
  readonly nonce: string
  readonly asks?: boolean
}

function invocation(become: Become, words: readonly string[], dialogue: Dialogue): string {
  const program = become.executable ?? become.method
  return [
    'exec',
    word(program),
    ...flagsOf(become),
    ...programs[become.method](become, words, dialogue),
  ].join(' ')
}

function flagsOf(become: Become): string[] {
  const standard = become.method === 'sudo' ? '-H' : ''
  const flags = (become.flags ?? standard).split(/\s+/)
  return flags.filter((flag) => flag !== '').map(word)
}

const programs = {
  sudo(become: Become, words: readonly string[], { nonce, asks }: Dialogue) {
    // -k: a remembered password would make it unknowable whether this one is right.
    const how = asks ? ['-S', '-k', '-p', promptOf(nonce)] : ['-n']
    return [...how, '-u', word(become.user), '--', ...words.map(word)]
  },
  su(become: Become, words: readonly string[]) {
    const line = `exec ${words.map(doubleQuoted).join(' ')}`
    return [word(become.user), '-s', '/bin/sh', '-c', loginShellWord(line)]
  },
  doas(become: Become, words: readonly string[], { asks }: Dialogue) {
    return [...(asks ? [] : ['-n']), '-u', word(become.user), ...words.map(word)]
  },
} as const

const word = (text: string): string => (/^[\w/.,:@%+=-]+$/.test(text) ? text : loginShellWord(text))

/** A word of the line given to `su -c`, which itself stands in single quotes. */
const doubleQuoted = (text: string): string => `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`
