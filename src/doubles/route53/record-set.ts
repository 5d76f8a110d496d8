import { isIPv4, isIPv6 } from 'node:net'
import { type Content, type Element, elementsAt, textAt } from './xml.ts'

/** All records of one name and type. */
export interface RecordSet {
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly values: readonly string[]
}

/**
 * A name as the service answers it: in lower case, with a dot at its end, and everything but letters, digits, `-`, `_` and dots as
 * an octal escape. "DNS domain name format" in the developer guide.
 */
export function canonicalName(name: string): string {
  const plain = name
    .replaceAll(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .replace(/\.$/, '')
    .toLowerCase()
  const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
  return `${plain.replaceAll(/[^a-z0-9._-]/g, octal)}.`
}

export const readRecordSet = (element: Element): RecordSet => ({
  name: canonicalName(textAt(element, 'Name') ?? ''),
  type: textAt(element, 'Type') ?? '',
  ttl: Number(textAt(element, 'TTL')),
  values: elementsAt(element, 'ResourceRecords', 'ResourceRecord', 'Value').map(({ text }) => text),
})

export const recordSetXml = ({ name, type, ttl, values }: RecordSet): Content => ({
  Name: name,
  Type: type,
  TTL: ttl,
  ResourceRecords: { ResourceRecord: values.map((Value) => ({ Value })) },
})

/** Lists are by name with its labels reversed, then by type (ListResourceRecordSets, "Sort order"). */
export function isBefore(a: Pick<RecordSet, 'name' | 'type'>, b: Pick<RecordSet, 'name' | 'type'>): boolean {
  const [first, second] = [reversed(a.name), reversed(b.name)]
  return first === second ? a.type < b.type : first < second
}

const reversed = (name: string): string => `${name.replace(/\.$/, '').split('.').toReversed().join('.')}.`

/** What is wrong with the values, in the service's words. */
export function problemOf({ name, type, values }: RecordSet): string | undefined {
  if (values.length === 0)
    return `Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with [Action=UPSERT, Name=${name}, Type=${type}, SetIdentifier=null]`
  for (const value of values) {
    const said = illegal(type, value)
    if (said !== undefined)
      return `Invalid Resource Record: 'FATAL problem: ${said} encountered with '${value}''`
  }
  return new Set(values).size < values.length ? `Duplicate Resource Record: '${values[0]}'` : undefined
}

function illegal(type: string, value: string): string | undefined {
  if (type === 'A' && !isIPv4(value)) return 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'
  if (type === 'AAAA' && !isIPv6(value))
    return 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)'
  if (type !== 'TXT') return undefined
  const isQuoted = /^\s*"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*\s*$/s.test(value)
  return isQuoted ? undefined : 'InvalidCharacterString (Value should be enclosed in quotation marks)'
}
