import { isIPv6 } from 'node:net'

/** The most hosts an inventory may have. */
export const hostLimit = 100_000

/** What a host key or word of an inventory stands for. */
export type HostNames =
  | { readonly names: readonly string[]; readonly port?: number }
  | { readonly problem: string; readonly remedy: string }

/**
 * Expands `web[01:20].example.com:2222`: ranges of numbers (leading zeros kept) and letters, with an optional
 * step, several of them multiplied from left to right; then an optional port. `[2001:db8::1]:22` is an address.
 */
export function expandHosts(text: string): HostNames {
  const split = splitPort(text)
  if ('problem' in split) return split
  const names = split.literal ? { names: [split.pattern] } : expandRanges(split.pattern)
  if ('problem' in names) return names
  const odd = names.names.find((name) => name === '' || name === '---' || /[\s,]/.test(name))
  if (odd !== undefined)
    return problem(`"${odd}" is not a host name.`, 'Write a name without spaces and commas.')
  return split.port === undefined ? names : { ...names, port: split.port }
}

function problem(message: string, remedy: string): { problem: string; remedy: string } {
  return { problem: message, remedy }
}

interface Split {
  readonly pattern: string
  readonly port?: number
  /** An IPv6 address: its colons and brackets are no ranges. */
  readonly literal?: boolean
}

function splitPort(text: string): Split | { problem: string; remedy: string } {
  if (isIPv6(text)) return { pattern: text, literal: true }
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  if (bracketed?.[1] && isIPv6(bracketed[1])) return withPort(bracketed[1], bracketed[2], true)
  const plain = /^((?:[^:[\]]|\[[^\]]*\])*)(?::(\d*))?$/.exec(text)
  if (!plain || plain[1] === undefined || plain[2] === '') {
    return problem(
      `"${text}" is not a host name, range or name:port.`,
      'Write "web01", "web[01:20]" or "web01:2222"; an IPv6 address with a port is "[2001:db8::1]:2222".',
    )
  }
  return withPort(plain[1], plain[2], false)
}

function withPort(
  pattern: string,
  digits: string | undefined,
  literal: boolean,
): Split | { problem: string; remedy: string } {
  if (digits === undefined) return { pattern, literal }
  const port = Number(digits)
  if (port < 1 || port > 65_535) {
    return problem(`${digits} is not a port.`, 'A port is a number from 1 to 65535.')
  }
  return { pattern, literal, port }
}

interface Range {
  readonly size: number
  item(index: number): string
}

function expandRanges(pattern: string): HostNames {
  const pieces = pattern.split(/(\[[^\]]*\])/)
  const ranges: (Range | string)[] = []
  let total = 1
  for (const piece of pieces) {
    const part = piece.startsWith('[') ? parseRange(piece) : piece
    if (typeof part !== 'string' && 'problem' in part) return part
    ranges.push(part)
    if (typeof part !== 'string') total *= part.size
  }
  if (total > hostLimit) {
    return problem(
      `"${pattern}" stands for ${total} hosts; the limit is ${hostLimit}.`,
      'Use a smaller range.',
    )
  }
  return { names: multiply(ranges) }
}

function multiply(parts: readonly (Range | string)[]): readonly string[] {
  let names = ['']
  for (const part of parts) {
    if (typeof part === 'string') {
      if (part !== '') names = names.map((name) => name + part)
      continue
    }
    const items = Array.from({ length: part.size }, (_, i) => part.item(i))
    names = names.flatMap((name) => items.map((item) => name + item))
  }
  return names
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const rangeRemedy = 'Write [begin:end] or [begin:end:step], such as [01:20], [a:f] or [1:9:2].'

function parseRange(bracket: string): Range | { problem: string; remedy: string } {
  const bounds = bracket.slice(1, -1).split(':')
  const [begin = '', end = '', stepText = '1'] = bounds
  const shaped = bounds.length === 2 || bounds.length === 3
  if (!shaped || !/^[1-9][0-9]*$/.test(stepText)) return problem(`"${bracket}" is not a range.`, rangeRemedy)
  if (end === '') return problem(`The range "${bracket}" has no end.`, rangeRemedy)
  const step = Number(stepText)
  if (/^[0-9]*$/.test(begin) && /^[0-9]+$/.test(end))
    return numbers(bracket, { begin: begin || '0', end, step })
  if (/^[a-zA-Z]$/.test(begin) && /^[a-zA-Z]$/.test(end)) {
    const first = letters.indexOf(begin)
    return sequence(bracket, { first, last: letters.indexOf(end), step }, (n) => letters.charAt(n))
  }
  return problem(`"${bracket}" is neither a range of numbers nor of single letters.`, rangeRemedy)
}

function numbers(bracket: string, bounds: { begin: string; end: string; step: number }) {
  const { begin, end, step } = bounds
  const padded = begin.length > 1 && begin.startsWith('0')
  if (padded && begin.length !== end.length) {
    return problem(
      `The ends of the range "${bracket}" have different lengths.`,
      `Write both with ${end.length} digits, such as [${begin.padStart(end.length, '0').slice(-end.length)}:${end}].`,
    )
  }
  const width = padded ? begin.length : 0
  return sequence(bracket, { first: Number(begin), last: Number(end), step }, (n) =>
    String(n).padStart(width, '0'),
  )
}

function sequence(
  bracket: string,
  bounds: { first: number; last: number; step: number },
  text: (n: number) => string,
): Range | { problem: string; remedy: string } {
  const { first, last, step } = bounds
  if (first > last) return problem(`The range "${bracket}" begins behind its end.`, 'Swap its ends.')
  return { size: Math.floor((last - first) / step) + 1, item: (index) => text(first + index * step) }
}
