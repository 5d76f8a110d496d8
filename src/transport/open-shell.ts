import type { Counter } from './counter.ts'
import type { Processes } from './end-processes.ts'
import { FramedShell } from './framed-shell.ts'
import { goOf, type Launch } from './launch.ts'
import type { Noise } from './shell-not-ready.ts'
import type { Road, Wire } from './wire.ts'

export interface OpenShellOptions {
  readonly count: Counter
  /** How long a shell may take to start: login files, passwords, what the server asks. */
  readonly readyTimeoutMs: number
  readonly endProcesses: (processes: Processes) => Promise<void>
  readonly onIdle: (shell: FramedShell) => void
}

/** Starts a framed shell. It may be written to at once; its `ready` tells whether it came about. */
export async function openShell(road: Road, launch: Launch, options: OpenShellOptions): Promise<FramedShell> {
  const wire = await road.open(launch.command, { pty: launch.pty, first: launch.first })
  options.count.bytesSent += launch.first.length
  const dialogue = new Dialogue(wire, launch)
  const shell = new FramedShell(wire, {
    count: options.count,
    endProcesses: options.endProcesses,
    terminal: launch.pty,
    waits: launch.waits,
    nonce: launch.nonce,
    onIdle: options.onIdle,
    onNoise: (noise) => dialogue.hear(noise),
  })
  dialogue.begin(shell)
  const timer = setTimeout(() => wire.drop(), options.readyTimeoutMs)
  const stop = () => clearTimeout(timer)
  void shell.ready.then(stop, stop)
  return shell
}

/** Talks to sudo, su or doas until the shell behind them is ready. */
class Dialogue {
  readonly #wire: Wire
  readonly #launch: Launch
  readonly #go: string
  #shell: FramedShell | undefined
  #answered = false
  #started = false

  constructor(wire: Wire, launch: Launch) {
    this.#wire = wire
    this.#launch = launch
    this.#go = goOf(launch.nonce)
  }

  begin(shell: FramedShell): void {
    this.#shell = shell
    if (!this.#launch.pty) shell.start()
  }

  hear({ stdout, stderr }: Noise): void {
    const { prompt, pty } = this.#launch
    if (pty) this.#hearTerminal(stdout)
    // The second prompt: the password sent ahead was wrong, and what follows must not be tried as one.
    else if (prompt && stderr.split(prompt).length > 2) this.#wire.drop()
  }

  #hearTerminal(said: string): void {
    if (this.#started) return
    if (said.includes(this.#go)) {
      this.#started = true
      this.#shell?.start()
    } else if (asksForPassword(said, this.#launch.prompt)) this.#answer(said)
  }

  #answer(said: string): void {
    const { password, prompt } = this.#launch
    const askedAgain = prompt !== undefined && said.split(prompt).length > 2
    if (this.#answered ? askedAgain : password === undefined) this.#wire.drop()
    if (this.#answered || password === undefined) return
    this.#answered = true
    this.#wire.stdin.write(`${password}\n`)
  }
}

/** sudo shows our own prompt; those of su, doas and PAM modules end with a colon. */
function asksForPassword(said: string, prompt: string | undefined): boolean {
  return (prompt !== undefined && said.includes(prompt)) || /[:：]\s*$/.test(said)
}
