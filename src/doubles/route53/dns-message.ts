/** Just enough of DNS (RFC 1035) to answer questions of one name about records of these types. */
export const dnsTypes = { A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28 } as const
export type DnsType = keyof typeof dnsTypes

export interface Question {
  readonly id: number
  /** In lower case, with a dot at its end. */
  readonly name: string
  /** Undefined for one that is not known here. */
  readonly type: DnsType | undefined
  readonly wantsRecursion: boolean
  /** As it came, to be repeated in the answer. */
  readonly bytes: Buffer
}

export interface DnsRecord {
  readonly name: string
  readonly type: DnsType
  readonly ttl: number
  /** As in a zone file. */
  readonly value: string
}

export interface DnsAnswer {
  readonly code: 'ok' | 'no such name' | 'refused'
  readonly answers: readonly DnsRecord[]
  /** The zone's SOA, where there is no answer. */
  readonly authority?: DnsRecord | undefined
}

const header = 12

/** The first question of a message; undefined for what is none. */
export function readQuestion(message: Buffer): Question | undefined {
  if (message.length < header + 5 || message.readUInt16BE(4) < 1) return undefined
  const flags = message.readUInt16BE(2)
  if ((flags & 0x8000) !== 0) return undefined
  const labels: string[] = []
  let place = header
  for (let length = message[place]; length; length = message[place]) {
    labels.push(message.subarray(place + 1, place + 1 + length).toString('latin1'))
    place += length + 1
  }
  const end = place + 5
  if (end > message.length) return undefined
  const number = message.readUInt16BE(place + 1)
  return {
    id: message.readUInt16BE(0),
    name: `${labels.join('.').toLowerCase()}.`,
    type: Object.entries(dnsTypes).flatMap(([type, one]) =>
      one === number && isType(type) ? [type] : [],
    )[0],
    wantsRecursion: (flags & 0x0100) !== 0,
    bytes: message.subarray(header, end),
  }
}

export const isType = (type: string): type is DnsType => Object.hasOwn(dnsTypes, type)

const codes = { ok: 0, 'no such name': 3, refused: 5 } as const

export function writeAnswer(
  { id, wantsRecursion, bytes }: Question,
  { code, answers, authority }: DnsAnswer,
): Buffer {
  const others = authority ? [authority] : []
  const head = Buffer.alloc(header)
  head.writeUInt16BE(id, 0)
  // An answer, and one of the zone's own.
  head.writeUInt16BE(0x8400 | (wantsRecursion ? 0x0100 : 0) | codes[code], 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(answers.length, 6)
  head.writeUInt16BE(others.length, 8)
  return Buffer.concat([head, bytes, ...[...answers, ...others].map(recordBytes)])
}

function recordBytes({ name, type, ttl, value }: DnsRecord): Buffer {
  const data = dataOf(type, value)
  const fields = Buffer.alloc(10)
  fields.writeUInt16BE(dnsTypes[type], 0)
  fields.writeUInt16BE(1, 2)
  fields.writeUInt32BE(ttl, 4)
  fields.writeUInt16BE(data.length, 8)
  return Buffer.concat([nameBytes(name), fields, data])
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  return Buffer.concat([...labels.map(stringBytes), Buffer.from([0])])
}

const stringBytes = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function dataOf(type: DnsType, value: string): Buffer {
  if (type === 'A') return Buffer.from(value.split('.').map(Number))
  if (type === 'AAAA') return Buffer.concat(groupsOf(value).map(group))
  if (type === 'TXT') return Buffer.concat(stringsIn(value).map(stringBytes))
  if (type !== 'SOA') return nameBytes(value)
  const [server = '', mail = '', ...numbers] = value.split(' ')
  const words = numbers.map((word) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(Number(word))
    return bytes
  })
  return Buffer.concat([nameBytes(server), nameBytes(mail), ...words])
}

const group = (digits: string): Buffer => Buffer.from(digits.padStart(4, '0'), 'hex')

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.split('::')
  const groups = (text = ''): string[] => text.split(':').filter((one) => one !== '')
  const [first, last] = [groups(head), groups(tail)]
  return [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last]
}

/** What stands in quotes, its escapes undone. */
export const stringsIn = (value: string): readonly string[] =>
  [...value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, text = '']) =>
    text.replaceAll(/\\(?:([0-7]{3})|(.))/gs, (_, digits: string | undefined, one: string) =>
      digits === undefined ? one : String.fromCharCode(Number.parseInt(digits, 8)),
    ),
  )
