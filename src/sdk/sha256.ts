import { hash } from 'node:crypto'

/** The sha256 of bytes, or of text as UTF-8, in lower-case hex. */
export async function sha256(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  // At once: what is small costs less than to have it done elsewhere, and a fleet asks for a great many.
  return hash('sha256', content)
}
