import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { TaskFailure } from '../module.ts'

export const recordTypes = ['A', 'AAAA', 'CNAME', 'TXT'] as const
export type RecordType = (typeof recordTypes)[number]

/**
 * A name as Route53 gives it back: in lower case, with a dot at its end, and everything but letters, digits, `-`, `_` and dots as
 * an octal escape (`*` is `\052`). See "DNS domain name format" in its developer guide.
 */
export function recordName(name: string): string {
  const plain = unescaped(name).replace(/\.$/, '')
  const ascii = /^[\x20-\x7e]*$/.test(plain) ? plain.toLowerCase() : domainToASCII(plain)
  if (ascii === '') throw new TaskFailure(`"${name}" is no name of a DNS record.`)
  return `${ascii.replaceAll(/[^a-z0-9._-]/g, octal)}.`
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )

const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`

/** A value in the one way in which two values that mean the same are the same text. Throws TaskFailure for what is none. */
export function recordValue(type: RecordType, value: string): string {
  const text = value.trim()
  if (type === 'TXT') return /^".*"$/s.test(text) ? text : quoted(value)
  if (type === 'CNAME') return recordName(text)
  const isAddress = type === 'A' ? isIPv4(text) : isIPv6(text)
  if (!isAddress) {
    throw new TaskFailure(
      `"${value}" is no value of a record of type ${type}, which takes ${type === 'A' ? 'IPv4' : 'IPv6'} addresses.`,
    )
  }
  // The short form of RFC 5952, without brackets.
  return type === 'A' ? text : new URL(`http://[${text}]`).hostname.slice(1, -1)
}

const longestString = 255

/** Strings of at most 255 bytes in quotes; what is not printable ASCII as octal escapes, of its bytes in UTF-8. */
function quoted(value: string): string {
  const bytes = Buffer.from(value)
  const strings = Array.from({ length: Math.max(1, Math.ceil(bytes.length / longestString)) }, (_, index) =>
    bytes.subarray(index * longestString, (index + 1) * longestString),
  )
  return strings.map((part) => `"${[...part].map(characterOf).join('')}"`).join(' ')
}

function characterOf(byte: number): string {
  const character = String.fromCharCode(byte)
  if (character === '"' || character === '\\') return `\\${character}`
  return byte >= 0x20 && byte < 0x7f ? character : octal(character)
}
