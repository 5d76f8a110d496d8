import type { FileWrite } from '#sdk/host.ts'

/** Content that travels inside a script: text as it stands, other bytes as a format for printf(1). */
export type InlineContent = { readonly text: string } | { readonly escaped: string }

/** Text up to this size travels inside a frame; more goes through a channel of its own. */
const textLimit = 128 * 1024
/** Bytes that are not text grow to up to four times their size. */
const bytesLimit = 32 * 1024

/** `%` and the backslash mean something to printf, a minus sign in front looks like an option. */
const special = new Set([0x25, 0x5c, 0x2d])

/** The content in a form that a script can hold; undefined when it is too large for that. */
export async function inlineContent(content: FileWrite['content']): Promise<InlineContent | undefined> {
  if (typeof content === 'string') {
    if (content.length > textLimit) return undefined
    return content.includes('\0') ? escapedBytes(Buffer.from(content, 'utf8')) : { text: content }
  }
  if ('kind' in content) return content.size > textLimit ? undefined : inlineBytes(await content.read())
  return inlineBytes(content)
}

function inlineBytes(bytes: Uint8Array): InlineContent | undefined {
  if (bytes.length > textLimit) return undefined
  if (bytes.includes(0)) return escapedBytes(bytes)
  const text = Buffer.from(bytes).toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? { text } : escapedBytes(bytes)
}

function escapedBytes(bytes: Uint8Array): InlineContent | undefined {
  return bytes.length > bytesLimit ? undefined : { escaped: Array.from(bytes, escaped).join('') }
}

/** Three octal digits always, so that a digit behind an escape is not taken for a part of it (POSIX, printf). */
function escaped(byte: number): string {
  const isPlain = byte >= 0x20 && byte < 0x7f && !special.has(byte)
  return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`
}
