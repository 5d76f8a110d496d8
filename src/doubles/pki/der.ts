/** Just enough of DER (X.690) to write and take apart certificates. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return [0x80 | bytes.length, ...bytes]
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
export const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts)
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text))
export const octets = (bytes: Uint8Array): Buffer => der(0x04, bytes)
export const bits = (bytes: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.from([unused]), bytes)
export const boolean = (value: boolean): Buffer => der(0x01, Buffer.from([value ? 0xff : 0]))

export function integer(bytes: Uint8Array): Buffer {
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0
  return der(0x02, isNegative ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

/** Years to 2049 are written with two digits (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const text = `${date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest.flatMap(base128)]
  return der(0x06, Buffer.from(bytes))
}

function base128(number: number): readonly number[] {
  const bytes = [number & 0x7f]
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f))
  return bytes
}

/** The elements inside of a constructed element, each with its header. */
export function partsOf(element: Uint8Array): readonly Buffer[] {
  const { start, end } = spanOf(element, 0)
  const parts: Buffer[] = []
  for (let place = start; place < end; ) {
    const inner = spanOf(element, place)
    parts.push(Buffer.from(element.subarray(place, inner.end)))
    place = inner.end
  }
  return parts
}

function spanOf(bytes: Uint8Array, place: number): { start: number; end: number } {
  const first = bytes[place + 1] ?? 0
  if (first < 0x80) return { start: place + 2, end: place + 2 + first }
  const count = first & 0x7f
  const length = bytes.subarray(place + 2, place + 2 + count).reduce((sum, byte) => sum * 256 + byte, 0)
  return { start: place + 2 + count, end: place + 2 + count + length }
}
