/** Text with the way it came from bytes, so that the same bytes can be made of it again. */
export interface ByteText {
  readonly text: string
  /** False: the bytes are not UTF-8, and each character stands for one byte. */
  readonly utf8: boolean
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of a frame that was read as binary (one character a byte): UTF-8 where it is that, else as it stands. */
export function decodeBytes(binary: string): ByteText {
  if (!/[\x80-\xff]/.test(binary)) return { text: binary, utf8: true }
  const text = utf8In(toBytes(binary))
  return text === undefined ? { text: binary, utf8: false } : { text, utf8: true }
}

/** Bytes as `decodeBytes` gives those that came as text. */
export function byteText(bytes: Uint8Array): ByteText {
  const text = utf8In(bytes)
  return text === undefined ? { text: characters(bytes), utf8: false } : { text, utf8: true }
}

/** The text that these bytes are in UTF-8; undefined when they are no text. */
export const textOfBytes = (bytes: Uint8Array): string | undefined =>
  bytes.includes(0) ? undefined : utf8In(bytes)

function utf8In(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return undefined
  }
}

/** What to write to a file so that it holds this text again. */
export function encodeBytes({ text, utf8 }: ByteText): string | Uint8Array {
  return utf8 ? text : toBytes(text)
}

/** A text that someone wrote, in the characters that `file` is read in. */
export function inCharactersOf(file: ByteText, text: string): string {
  if (file.utf8) return text
  return characters(new TextEncoder().encode(text))
}

/** One character a byte. */
function characters(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function toBytes(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i)
  return bytes
}
