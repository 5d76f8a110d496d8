import type { Resource } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import type { ChainLink, Frame, FrameResult } from '#model/transport.ts'
import type { ControllerFile } from '#sdk/controller.ts'
import type { CommandResult, FileWrite, RunOptions, WriteHost } from '#sdk/host.ts'
import { type Command, commandText } from '#sdk/quote.ts'
import { Detached, removeJobScript, startJobScript } from './async-job.ts'
import { heard } from './heard.ts'
import { HostReader, type Question, type ReaderSetting } from './host-reader.ts'
import { type InLanes, inLanes, TooFewLanes } from './in-lanes.ts'
import { inlineContent } from './inline-content.ts'
import { laneScript, rangesOf } from './lanes.ts'
import { type Replacement, replaceFileScript } from './replace-file.ts'
import { waitForJob } from './wait-for-job.ts'

export interface Detachment {
  readonly limitSeconds: number
  readonly pollSeconds: number
  readonly signal?: AbortSignal
}

export interface WriterSetting extends ReaderSetting {
  /** What this writer's task may alter: forgotten before and after. */
  readonly touches: readonly Resource[]
  readonly timeoutMs?: number
  readonly onOutput?: (text: string) => void
  readonly onBytes?: (done: number, total: number | undefined) => void
  /** Commands run detached from the connection; `pollSeconds` 0: they are started and not waited for. */
  readonly detached?: Detachment
  /** Its one frame is part of a chain; it is `ahead` when it is not the chain's first. */
  readonly chain?: ChainLink
  /** Around each script that is sent. */
  readonly wrap?: (script: string) => string
  /** A suffix for temporary files that no other run uses. */
  readonly unique: () => string
  readonly now: () => Date
  readonly reset: () => Promise<void>
  readonly reconnect: () => Promise<void>
  /** Drops the connection; the next question opens a new one. */
  readonly reconnectLater: () => Promise<void>
}

/** Thrown to a module whose change cannot be one frame behind those of earlier tasks; nothing was sent. */
export class NotAhead extends Error {
  override readonly name = 'NotAhead'
}

/** Changes one host for one actor. */
export class HostWriter extends HostReader implements WriteHost {
  readonly #setting: WriterSetting
  #lastFlight = 0
  #count = 0
  #transfers = 0
  #transferred = false
  readonly #ran = Promise.withResolvers<boolean>()
  readonly #begun = Promise.withResolvers<void>()

  constructor(setting: WriterSetting) {
    super(setting)
    this.#setting = setting
  }

  /** Settles when the first frame waits for its flight, or the first transfer is over, or nothing was written at all. */
  get begun(): Promise<void> {
    return this.#begun.promise
  }

  /** Whether its one frame has surely run; false when the chain had ended before it, or nobody can tell. */
  get ran(): Promise<boolean> {
    return this.#ran.promise
  }

  /** What it has done so far: a frame is on its way, a transfer has succeeded, or neither. */
  get sent(): 'frame' | 'transfer' | undefined {
    if (this.#count > 0) return 'frame'
    return this.#transferred ? 'transfer' : undefined
  }

  async run(command: Command, options: RunOptions = {}): Promise<CommandResult> {
    const script = commandText(command)
    const env = { ...this.setting.env, ...options.env }
    const { detached } = this.#setting
    const result = detached
      ? await this.#runDetached(detached, script, env)
      : await this.#send({
          script,
          env,
          ...(options.binary ? { binary: true } : {}),
          ...(options.live ? { onOutput: (_stream, text) => this.#setting.onOutput?.(text) } : {}),
        })
    const accepted = options.accept ?? [0]
    if (accepted === 'any' || accepted.includes(result.rc)) return result
    throw commandFailed(script, result)
  }

  async write(file: FileWrite): Promise<{ backup?: string }> {
    const { content, backup: wantsBackup, sum, ...rest } = file
    const temporary = beside(file.path, `.tsplay-${this.#setting.unique()}`)
    const backup = wantsBackup ? { backup: `${file.path}.${stamp(this.#setting.now())}~` } : {}
    const replacement = { ...rest, ...backup, temporary }
    const inline = await inlineContent(content)
    const { env = {} } = this.setting
    const result = inline
      ? await this.#send({ script: replaceFileScript({ ...replacement, content: inline }), env })
      : await this.#transfer({ ...replacement, ...(sum ? { printsSum: true } : {}) }, content)
    if (result.rc !== 0) throw commandFailed(`write ${file.path}`, result)
    if (sum && !inline) this.learn(sum, sumIn(result.stdout))
    if (!inline) this.#begun.resolve()
    return backup
  }

  async pipe(content: AsyncIterable<Uint8Array>, command: Command): Promise<CommandResult> {
    const script = commandText(command)
    const result = await this.#feed(content, script)
    this.#begun.resolve()
    if (result.rc !== 0) throw commandFailed(script, result)
    return result
  }

  /** Content that does not fit into a frame: one script on a channel of its own, so that no half of it stays behind. */
  async #transfer(
    replacement: Omit<Replacement, 'content'>,
    content: FileWrite['content'],
  ): Promise<CommandResult> {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const size = 'kind' in bytes ? bytes.size : bytes.byteLength
    const onBytes = (done: number) => this.#setting.onBytes?.(done, size)
    const ranges = rangesOf(size, (await this.setting.connect()).quickestAnswer)
    if ('kind' in bytes && ranges.length > 1) {
      const result = await this.#transferInLanes(replacement, { file: bytes, ranges, onBytes })
      if (result) return result
    }
    const pieces = 'kind' in bytes ? bytes.stream() : piecesOf(bytes)
    return this.#feed(
      counting(pieces, onBytes),
      replaceFileScript({ ...replacement, content: { bytes: size } }),
    )
  }

  /** Undefined when the host has no room for so many sessions: nothing has happened then. */
  async #transferInLanes(
    replacement: Omit<Replacement, 'content'>,
    sending: Pick<InLanes, 'ranges' | 'onBytes'> & { readonly file: ControllerFile },
  ): Promise<CommandResult | undefined> {
    const { size } = sending.file
    const from = sending.ranges.at(-1)?.from ?? 0
    const { path, temporary } = replacement
    try {
      return await this.#asTransfer(() =>
        inLanes({
          ...sending,
          script: replaceFileScript({ ...replacement, content: { bytes: size, from } }),
          laneScript: (range) => laneScript(temporary, range),
          feed: (content, script, options) => this.#stream(content, script, options),
          failure: (result) => commandFailed(`write ${path}`, result),
        }),
      )
    } catch (error) {
      if (error instanceof TooFewLanes) return undefined
      throw error
    }
  }

  /** Runs a script on a channel of its own, with these bytes as its stdin. */
  #feed(content: AsyncIterable<Uint8Array>, script: string): Promise<CommandResult> {
    return this.#asTransfer(() => this.#stream(content, script))
  }

  async #asTransfer(transfer: () => Promise<CommandResult>): Promise<CommandResult> {
    if (this.#isAhead) throw new NotAhead()
    this.#transfers += 1
    const result = await transfer()
    this.#lastFlight = Number.POSITIVE_INFINITY
    this.#transferred = result.rc === 0
    return result
  }

  async #stream(
    content: AsyncIterable<Uint8Array>,
    script: string,
    options?: { readonly alongside: boolean },
  ): Promise<CommandResult> {
    const { wrap = asItIs } = this.#setting
    const connection = await this.setting.connect()
    const { stdout, exit } = connection.stream({
      script: wrap(script),
      stdin: content,
      ...this.acting(),
      ...options,
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of stdout) chunks.push(chunk)
    const { rc, stderr } = await exit
    return { rc, stdout: Buffer.concat(chunks).toString('utf8'), stderr }
  }

  /**
   * What a module asks after a write of its own is asked anew each time: what others know may have left the host before
   * that write, and a module that waits for something asks until it is there.
   */
  protected override ask<T>(question: Question<T>): Promise<T> {
    if (this.sent !== undefined) this.setting.store.drop(this.idOf(question))
    return super.ask(question)
  }

  reset(): Promise<void> {
    return this.#setting.reset()
  }

  reconnect(): Promise<void> {
    return this.#setting.reconnect()
  }

  /** Called when the task's apply is over, however it ended: forgets what may be stale. */
  finish(): void {
    this.setting.store.forgetBefore(this.#setting.touches, this.#lastFlight, this.user)
    this.#begun.resolve()
    if (this.#count === 0) this.#ran.resolve(false)
  }

  /** True when one frame, or one transfer, was all there was: what was asked once it had begun is still good. */
  get wroteOnce(): boolean {
    return this.#count + this.#transfers === 1
  }

  get #isAhead(): boolean {
    return (this.#setting.chain?.position ?? 0) > 0
  }

  async #runDetached(
    { limitSeconds, pollSeconds, signal }: Detachment,
    script: string,
    env: Readonly<Record<string, string>>,
  ): Promise<FrameResult> {
    const id = `${Date.now()}.${this.#setting.unique()}`
    const started = await this.#send({ script: startJobScript({ id, script, env, limitSeconds }) })
    if (started.rc !== 0) throw commandFailed('start a detached job', started)
    if (pollSeconds === 0) throw new Detached(id)
    const result = await waitForJob({
      id,
      pollSeconds,
      limitSeconds,
      signal,
      ask: (question) => this.#send({ script: question }),
      reconnect: () => this.#setting.reconnectLater(),
      progress: (text) => this.#setting.onOutput?.(text),
    })
    await this.#send({ script: removeJobScript(id) })
    return result
  }

  #send(frame: Frame): Promise<FrameResult> {
    const { queue, store, actor, touches, timeoutMs, chain, wrap = asItIs } = this.#setting
    const { promise, resolve, reject } = Promise.withResolvers<FrameResult>()
    this.#count += 1
    if (chain && this.#count > 1)
      throw new Error('A module that says it writes once has sent a second frame.')
    // What was asked until now goes before this frame, and is answered as things are before it.
    if (this.#isAhead) store.forget(touches)
    queue.add({
      actor,
      kind: 'write',
      concerns: store.namesOf(touches),
      ahead: this.#isAhead,
      group: `write\0${this.#setting.unique()}`,
      frame: () => ({
        ...frame,
        script: wrap(frame.script),
        ...this.acting(),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(chain ? { chain } : {}),
      }),
      arrived: (result) => this.#arrived(result, { resolve, reject }),
      failed: (error) => {
        this.#ran.resolve(false)
        reject(error)
      },
      left: (flight) => {
        this.#lastFlight = Math.max(this.#lastFlight, flight)
      },
    })
    this.#begun.resolve()
    return heard(promise.finally(() => actor.goesOn()))
  }

  #arrived(
    result: FrameResult,
    { resolve, reject }: { resolve: (result: FrameResult) => void; reject: (error: unknown) => void },
  ): void {
    this.#ran.resolve(result.notRun !== true)
    if (result.notRun) reject(new NotAhead())
    else resolve(result)
  }
}

const asItIs = (script: string): string => script

/** Large enough to be quick, small enough that progress is seen. */
const pieceSize = 256 * 1024

async function* piecesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize)
}

async function* counting(
  pieces: AsyncIterable<Uint8Array>,
  onBytes: (done: number) => void,
): AsyncIterable<Uint8Array> {
  let done = 0
  for await (const piece of pieces) {
    yield piece
    done += piece.length
    onBytes(done)
  }
}

/** The last line's; what comes before it was said by others. */
const sumIn = (stdout: string): string | undefined => /(?:^|\n)([0-9a-f]{64})\b[^\n]*\n?$/.exec(stdout)?.[1]

const beside = (path: string, suffix: string): string => {
  const slash = path.lastIndexOf('/')
  return `${path.slice(0, slash + 1)}.${path.slice(slash + 1)}${suffix}`
}

/** `2026-11-24@17:05:09`, as people know it from Ansible's backup files. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace('T', '@')
}

export function commandFailed(command: string, result: CommandResult): HostError {
  const { rc, stdout, stderr } = result
  const full = /No space left on device|Disk quota exceeded/.test(stderr)
  const said = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1)
  const message = full
    ? `The host has no space left: ${said}`
    : `The command failed with exit code ${rc}${said ? `: ${said}` : '.'}`
  return new HostError(full ? 'disk-full' : 'command-failed', message, { command, rc, stdout, stderr })
}
