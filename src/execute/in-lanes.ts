import type { ByteRange, ControllerFile } from '#sdk/controller.ts'
import type { CommandResult } from '#sdk/host.ts'
import { TaskFailure } from '#sdk/module.ts'
import { noFile } from './lanes.ts'

/** Feeds a script on a channel of its own. Rejects with HostError, or with what the bytes threw. */
export type Feed = (
  content: AsyncIterable<Uint8Array>,
  script: string,
  options?: { readonly alongside: boolean },
) => Promise<CommandResult>

export interface InLanes {
  readonly file: Pick<ControllerFile, 'stream'>
  /** In order; the last one's script makes the file, and finishes it when it has all of its bytes. */
  readonly ranges: readonly ByteRange[]
  readonly script: string
  readonly laneScript: (range: ByteRange) => string
  readonly feed: Feed
  /** What a lane that failed is called. */
  failure(result: CommandResult): Error
  onBytes(done: number): void
}

/** Not all lanes could begin in time: the host allows fewer sessions, say. Nothing is left of the file. */
export class TooFewLanes extends Error {
  override readonly name = 'TooFewLanes'
}

/** How long a lane may take to begin. Milliseconds. */
const patience = 3000

/**
 * Sends the ranges of a file at a time. The last piece of the last range is kept back until all the others have been
 * written: without it the file is too short, and whatever breaks before leaves none.
 */
export async function inLanes(sending: InLanes): Promise<CommandResult> {
  const { file, ranges, script, feed } = sending
  const stop = new AbortController()
  const others = Promise.withResolvers<void>()
  others.promise.catch(() => undefined)
  const setting = { ...sending, count: counter(sending.onBytes, stop.signal) }
  const last = setting.count(whole(file, ranges.at(-1) ?? { from: 0, to: 0 }))
  const finishing = feed(heldBack(last, others.promise), script)
  const lanes = ranges.slice(0, -1).map((range) => lane(range, setting))
  const done = Promise.all([inTime(lanes), ...lanes.map((each) => each.done)])
  done.then(() => others.resolve(), others.reject)
  // Whoever fails first ends the others: none waits for what will not come.
  finishing.then(({ rc }) => rc !== 0 && stop.abort(), stopWith(stop))
  done.catch(stopWith(stop))
  const [end] = await Promise.allSettled([finishing, ...lanes.map((each) => each.done)])
  if (end.status === 'fulfilled' && end.value.rc !== 0) return end.value
  await done.catch(() => stop.signal.throwIfAborted())
  if (end.status === 'rejected') throw stop.signal.reason
  return end.value
}

const stopWith = (stop: AbortController) => (reason: unknown) => stop.abort(reason)

type Count = (pieces: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

interface Lane {
  readonly begun: Promise<void>
  readonly done: Promise<void>
}

function lane(
  range: ByteRange,
  { file, laneScript, feed, failure, count }: InLanes & { readonly count: Count },
): Lane {
  const begun = Promise.withResolvers<void>()
  async function* content() {
    begun.resolve()
    yield* count(whole(file, range))
  }
  const done = feed(content(), laneScript(range), { alongside: true }).then((result) => {
    if (result.rc === noFile) throw new TooFewLanes()
    if (result.rc !== 0) throw failure(result)
  })
  done.catch(begun.reject)
  begun.promise.catch(() => undefined)
  return { begun: begun.promise, done }
}

/** A file that became shorter would leave a hole where nobody looks: the next range begins where it should. */
async function* whole(file: Pick<ControllerFile, 'stream'>, range: ByteRange): AsyncGenerator<Uint8Array> {
  let left = range.to - range.from
  for await (const piece of file.stream(range)) {
    left -= piece.length
    yield piece
  }
  if (left > 0) throw new TaskFailure('The file became shorter while it was sent.')
}

async function inTime(lanes: readonly Lane[]): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new TooFewLanes()), patience)
  const begun = Promise.all(lanes.map((each) => each.begun))
  await Promise.race([begun, late.promise]).finally(() => clearTimeout(timer))
}

/** Keeps the last piece, which no other may take the memory of meanwhile, until the others are through. */
async function* heldBack(
  pieces: AsyncIterable<Uint8Array>,
  others: Promise<void>,
): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array | undefined
  for await (const piece of pieces) {
    if (kept) yield kept
    kept = new Uint8Array(piece)
  }
  await others
  if (kept) yield kept
}

/** Counts what all have sent together, until they shall stop. */
function counter(onBytes: (done: number) => void, stop: AbortSignal): Count {
  let done = 0
  return async function* (pieces) {
    for await (const piece of pieces) {
      stop.throwIfAborted()
      yield piece
      done += piece.length
      onBytes(done)
    }
  }
}
