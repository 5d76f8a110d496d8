import type { Client, ClientChannel } from 'ssh2'
import { isRecentOpenSsh } from './ssh-version.ts'

/** Bytes that keep a host busy that is next to us. */
const least = 640 << 10
/** Bytes that a host decrypts and writes in a millisecond of a longer road, with room to spare. */
const perMillisecond = 128 << 10

/** How many bytes may be under way to a program so that neither it nor the road has to wait. */
export const usefulBytes = (quickestAnswer: number | undefined): number =>
  quickestAnswer === undefined ? Number.POSITIVE_INFINITY : least + perMillisecond * quickestAnswer

/**
 * Lets no more than so many bytes be under way on a new channel. sshd keeps what a program has not read yet in one piece of
 * memory, which it copies to a larger one again and again as it grows: behind a full window of 2 MiB that costs a host as
 * much as all else it does with them.
 *
 * To be used with OpenSSH only, which gives new room whenever three packets have been read (channel_check_window in its
 * channels.c). A server that waits until half of the window has been used would wait for ever.
 */
export function holdBack(client: Client, channel: ClientChannel, bytes: number): void {
  const outgoing: unknown = Reflect.get(channel, 'outgoing')
  if (typeof outgoing !== 'object' || outgoing === null || !isRecentOpenSsh(client)) return
  const window: unknown = Reflect.get(outgoing, 'window')
  // What is left out here is never given back: ssh2 only adds to it what the server has read.
  if (typeof window === 'number' && window > bytes) Reflect.set(outgoing, 'window', Math.ceil(bytes))
}
