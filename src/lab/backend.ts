import type { BackendName } from './backend-name.ts'
import type { HostFile } from './host-files.ts'
import type { ImageKind } from './image-kind.ts'
import type { LabAccess } from './lab-access.ts'
import type { LabHost, LabPlan } from './lab-plan.ts'
import type { Endpoint, LabState } from './lab-state.ts'

/** Something this machine lacks for a backend. */
export interface Lack {
  /** Completes "A lab of this kind needs …": `mmdebstrap`, `root`. */
  readonly what: string
  /** What to do about it, as a sentence. */
  readonly remedy: string
  /** Debian packages that bring it; absent when no package does. */
  readonly packages?: readonly string[]
}

/** What makes one host differ from another besides the plan. It holds keys and a password hash. */
export interface HostGiven {
  readonly access: LabAccess
  /** Laid over all else. */
  readonly files: readonly HostFile[]
}

/** A command line, and what its environment holds besides PATH. */
export interface Boot {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/**
 * One way to have hosts on this machine. `up` uses the first half from the outside, the lab's keeper the second
 * from the inside: in the network and mount namespace of the lab, where the backend has such.
 *
 * All of them keep what test/conformance/lab-backend.ts says.
 */
export interface LabBackend {
  readonly name: BackendName

  /** What keeps this machine from using it, in no time and without changing anything. Empty when nothing does. */
  lacks(): Promise<readonly Lack[]>

  /** What kind of image hosts stand on; undefined where they have none. */
  readonly image?: ImageKind

  /** Whom the lab's key lets in. */
  user(): string

  /** Variables of a host in the lab's inventory, besides its address and login. */
  variables(host: LabHost, endpoint: Endpoint): Readonly<Record<string, string | boolean>>

  /** Makes what the keeper needs before it can be started. */
  prepare(plan: LabPlan): Promise<void>

  /** The command that runs `argv` as the lab's keeper. */
  keeper(plan: LabPlan, argv: readonly string[]): Promise<readonly string[]>

  /** In the keeper: makes the lab's network, where that is not done by `prepare`. */
  open(state: LabState): Promise<void>

  /** In the keeper: the address on which the hosts' packages are served; undefined where apt has no use. */
  packageAddress(plan: LabPlan): string | undefined

  /** In the keeper: makes the file system of a host that has none, ready for its first boot. */
  build(state: LabState, host: LabHost, given: HostGiven): Promise<void>

  /** In the keeper: drops the file system of a host that does not run, so that it can be built afresh. */
  drop(state: LabState, host: LabHost): Promise<void>

  /** In the keeper: connects a host that is about to boot with the others, as on its first day. */
  plugIn(state: LabState, host: LabHost): Promise<void>

  /** In the keeper: leaves nothing behind of a host that has ended that would answer in its place. */
  pullOut(state: LabState, host: LabHost): Promise<void>

  /** In the keeper: how a host is started. The process lives as long as the host and takes it along when killed. */
  boot(state: LabState, host: LabHost): Promise<Boot>

  /** Whether a host whose process ended with this code wants to be started again. */
  isReboot(code: number | string): boolean

  /** Whether its hosts are reached at the addresses of the plan, from the keeper and from each other. */
  readonly hasOwnNetwork: boolean

  /** Whether its hosts can count from another start than the machine's. See time_namespaces(7). */
  readonly hasOwnClock: boolean

  /** In the keeper: all processes of a host that was booted as `pid`, parents before their children. */
  processes(state: LabState, host: LabHost, pid: number): Promise<readonly number[]>

  /** Ends all processes of a host that was booted as `pid`; its file system stays. */
  end(state: LabState, host: LabHost, pid: number): Promise<void>

  /** From the keeper: where a host's SSH server listens. */
  sshServer(state: LabState, host: LabHost): Endpoint

  /** Of the booted process: the one that is the host's first. */
  leader(pid: number): Promise<number>

  /** From outside: the command that runs `argv` as the host's root, without SSH. `pid` is its leader. */
  enter(
    state: LabState,
    host: LabHost,
    call: { readonly pid: number; readonly argv: readonly string[] },
  ): Promise<readonly string[]>

  /** Bytes of memory that a host's processes hold for themselves; undefined where nobody counts. */
  memory(plan: LabPlan, host: LabHost, pid: number): Promise<number | undefined>

  /** From outside: ends all processes of a lab and removes all it has on this machine, by its names alone. */
  remove(plan: LabPlan): Promise<void>
}
