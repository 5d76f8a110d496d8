/** What is read once, when it is sent. */
const marked = new WeakSet<Uint8Array>()

/**
 * Says that nobody reads these bytes after they have been sent, so that whoever sends them may give their memory back. Does
 * nothing when others share that memory.
 */
export function markUsedOnce(bytes: Uint8Array): void {
  if (bytes.byteLength === bytes.buffer.byteLength) marked.add(bytes)
}

export const isUsedOnce = (bytes: Uint8Array | string): bytes is Uint8Array =>
  typeof bytes !== 'string' && marked.has(bytes)

/** Gives memory back at once. A collection of garbage comes late: a large file would have taken as much memory by then. */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
