import type { Program } from '#model/program.ts'
import type { Connection, HostAddress } from '#model/transport.ts'
import type { Dependencies, RunSettings } from './dependencies.ts'
import { HostSession } from './host-session.ts'
import { HostSessions, type Wishes } from './host-sessions.ts'
import { HostState } from './host-state.ts'
import { RuntimeInventory } from './runtime-inventory.ts'

/** Everything that lives as long as a run. */
export class RunState {
  readonly program: Program
  readonly dependencies: Dependencies
  readonly settings: RunSettings
  readonly inventory: RuntimeInventory
  readonly startedAt = Date.now()
  /** Summed over hosts, by task id; and what the tasks are called. */
  readonly durations = new Map<string, number>()
  readonly taskNames = new Map<string, string>()
  /** By task id: what handlers are remembered by. */
  readonly handlerNames = new Map<string, string>()
  /** By host: handlers that an earlier run left and no play of this one has taken up yet. */
  readonly leftHandlers: ReadonlyMap<string, Set<string>>
  /** Hosts that were part of a play. */
  readonly played = new Set<string>()
  readonly failures: { host: string; task: string; reason: string }[] = []
  /** Set when a whole batch failed or too many hosts did: later plays do not run. */
  stopped = false
  readonly #said = new Set<string>()
  readonly #hosts = new Map<string, HostState>()
  readonly #addressOf: (host: string, wishes: Wishes) => HostAddress

  constructor(
    program: Program,
    dependencies: Dependencies,
    settings: RunSettings,
    addressOf: (run: RunState, host: string, wishes: Wishes) => HostAddress,
  ) {
    this.program = program
    this.dependencies = dependencies
    this.settings = settings
    this.leftHandlers = new Map([...settings.pendingHandlers].map(([host, names]) => [host, new Set(names)]))
    this.inventory = new RuntimeInventory(program.inventory)
    this.#addressOf = (host, wishes) => addressOf(this, host, wishes)
  }

  /** The state of a host, made on first use; it lasts for the whole run. */
  host(name: string): HostState {
    const known = this.#hosts.get(name)
    if (known) return known
    const { connect, signal } = this.dependencies
    const sessions = new HostSessions(
      (wishes) => new HostSession(name, async () => connect(this.#addressOf(name, wishes), signal)),
    )
    const state = new HostState(name, sessions)
    this.#hosts.set(name, state)
    return state
  }

  /** A connection of its own, beside those in use; the caller closes it. */
  async connectAnew(name: string, wishes: Wishes, signal: AbortSignal): Promise<Connection> {
    return this.dependencies.connect(this.#addressOf(name, wishes), signal)
  }

  /** Hosts that took part so far, in order of first use. */
  hosts(): readonly HostState[] {
    return [...this.#hosts.values()]
  }

  get interrupted(): boolean {
    return this.dependencies.signal.aborted
  }

  /** Says something once per run, whatever the number of hosts it holds for. */
  warnOnce(message: string, key: string): void {
    if (this.#said.has(key)) return
    this.#said.add(key)
    this.warn(message)
  }

  warn(message: string, host?: string): void {
    this.dependencies.emit({ type: 'warning', message, ...(host === undefined ? {} : { host }) })
  }
}
