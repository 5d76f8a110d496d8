import type { ChildProcess } from 'node:child_process'
import { HostError } from '#model/host-error.ts'
import { quoted } from './shell-text.ts'
import type { Ending, OpenOptions, Road, Wire } from './wire.ts'

export interface LocalRoadOptions {
  readonly name: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
}

/** zx keeps all output it sees; a download of gigabytes may not stay in memory. */
class Forgetful extends Array<string | Buffer> {
  override push(): number {
    return 0
  }
}

/** The way to this very machine: programs are started through zx. */
export class LocalRoad implements Road {
  readonly name: string
  readonly #options: LocalRoadOptions
  readonly #wires = new Set<Wire>()
  broken: Error | undefined

  constructor(options: LocalRoadOptions) {
    this.name = options.name
    this.#options = options
  }

  async open(command: string, options: OpenOptions = {}): Promise<Wire> {
    if (this.broken) throw new HostError('unreachable', 'The connection was closed.')
    const child = await this.#start(options.pty ? behindTerminal(command) : command)
    const wire = wireOf(child)
    this.#wires.add(wire)
    void wire.ended.then(() => this.#wires.delete(wire))
    if (options.first) wire.stdin.write(options.first)
    return wire
  }

  async close(): Promise<void> {
    this.broken ??= new Error('The connection was closed.')
    for (const wire of this.#wires) wire.drop()
  }

  async #start(command: string): Promise<ChildProcess> {
    // Loading zx costs time, which runs without a local host need not pay.
    const { $ } = await import('zx/core')
    const shell = $({
      shell: '/bin/sh',
      prefix: '',
      postfix: '',
      quote: (text: string) => text,
      cwd: this.#options.homeDirectory,
      env: { ...this.#options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A session of its own: Ctrl-C at the terminal reaches tsplay, which then ends things in order.
      detached: true,
      nothrow: true,
      quiet: true,
      verbose: false,
      store: { stdout: new Forgetful(), stderr: new Forgetful(), stdall: new Forgetful() },
    })
    const { child } = shell`${command}`
    if (!child) throw new HostError('unreachable', 'No shell could be started on this machine.')
    return child
  }
}

/** `script` (util-linux, bsdutils) is the terminal that no library is needed for. */
function behindTerminal(command: string): string {
  return `exec script -qefc ${quoted(command)} /dev/null`
}

function wireOf(child: ChildProcess): Wire {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new HostError('unreachable', 'The local shell has no pipes.')
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ rc: undefined, lost: error }))
    child.once('close', (rc, signal) => resolve({ rc: rc ?? undefined, ...(signal && { signal }) }))
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // Whoever writes learns of a closed pipe through `ended`.
  stdin.on('error', () => undefined)
  const drop = () => {
    for (const stream of [stdin, stdout, stderr]) stream.destroy()
  }
  return { stdin, stdout, stderr, ended, exited, drop }
}
