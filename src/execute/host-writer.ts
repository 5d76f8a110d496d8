import type { Resource } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import type { Frame, FrameResult } from '#model/transport.ts'
import type { CommandResult, FileWrite, RunOptions, WriteHost } from '#sdk/host.ts'
import { type Command, commandText } from '#sdk/quote.ts'
import { Detached, removeJobScript, startJobScript } from './async-job.ts'
import { heard } from './heard.ts'
import { HostReader, type ReaderSetting } from './host-reader.ts'
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

/** Text up to this size travels inside a frame; more, and bytes that are not text, through a channel of its own. */
const inlineLimit = 128 * 1024

/** Changes one host for one actor. */
export class HostWriter extends HostReader implements WriteHost {
  readonly #setting: WriterSetting
  #lastFlight = 0
  #count = 0
  #transferred = false
  readonly #flightsBefore: number

  constructor(setting: WriterSetting) {
    super(setting)
    this.#setting = setting
    this.#flightsBefore = setting.queue.flights
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
    const { content, backup: wantsBackup, ...rest } = file
    const temporary = beside(file.path, `.tsplay-${this.#setting.unique()}`)
    const backup = wantsBackup ? { backup: `${file.path}.${stamp(this.#setting.now())}~` } : {}
    const replacement = { ...rest, ...backup, temporary }
    const text = await inlineText(content)
    const { env = {} } = this.setting
    const result =
      text === undefined
        ? await this.#transfer(replacement, content)
        : await this.#send({ script: replaceFileScript({ ...replacement, content: { text } }), env })
    if (result.rc !== 0) throw commandFailed(`write ${file.path}`, result)
    return backup
  }

  async pipe(content: AsyncIterable<Uint8Array>, command: Command): Promise<CommandResult> {
    const script = commandText(command)
    const result = await this.#feed(content, script)
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
    const pieces = 'kind' in bytes ? bytes.stream() : piecesOf(bytes)
    const counted = counting(pieces, (done) => this.#setting.onBytes?.(done, size))
    return this.#feed(counted, replaceFileScript({ ...replacement, content: { bytes: size } }))
  }

  /** Runs a script on a channel of its own, with these bytes as its stdin. */
  async #feed(content: AsyncIterable<Uint8Array>, script: string): Promise<CommandResult> {
    this.#transferred = true
    const { wrap = asItIs } = this.#setting
    const connection = await this.setting.connect()
    const { stdout, exit } = connection.stream({ script: wrap(script), stdin: content, ...this.acting() })
    const chunks: Uint8Array[] = []
    for await (const chunk of stdout) chunks.push(chunk)
    const { rc, stderr } = await exit
    this.#lastFlight = Number.POSITIVE_INFINITY
    return { rc, stdout: Buffer.concat(chunks).toString('utf8'), stderr }
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
  }

  /**
   * True when one frame, which left with the very next flight, was all there was: answers that left together with it
   * are still good. Bytes that travelled through a channel of their own, and work on the controller, take longer.
   */
  get wroteOnce(): boolean {
    return this.#count === 1 && !this.#transferred && this.#lastFlight === this.#flightsBefore + 1
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
    const { queue, actor, timeoutMs, wrap = asItIs } = this.#setting
    const { promise, resolve, reject } = Promise.withResolvers<FrameResult>()
    this.#count += 1
    queue.add({
      actor,
      kind: 'write',
      group: `write\0${this.#setting.unique()}`,
      frame: () => ({
        ...frame,
        script: wrap(frame.script),
        ...this.acting(),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
      arrived: resolve,
      failed: reject,
      left: (flight) => {
        this.#lastFlight = Math.max(this.#lastFlight, flight)
      },
    })
    return heard(promise.finally(() => actor.goesOn()))
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

/** The content as text when it is small and nothing is lost by sending it as text. */
async function inlineText(content: FileWrite['content']): Promise<string | undefined> {
  if (typeof content === 'string')
    return isSmall(content.length) && !content.includes('\0') ? content : undefined
  if ('kind' in content) return isSmall(content.size) ? asText(await content.read()) : undefined
  return isSmall(content.byteLength) ? asText(content) : undefined
}

const isSmall = (size: number): boolean => size <= inlineLimit

function asText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  const text = Buffer.from(bytes).toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined
}

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
