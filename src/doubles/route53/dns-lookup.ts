import { type DnsAnswer, type DnsRecord, type DnsType, isType } from './dns-message.ts'
import type { Zone } from './route53-state.ts'

/** How many CNAMEs are followed. */
const longestChain = 8

/** What Route 53's own servers answer about their zones; they ask nobody else. */
export function lookUp(zones: readonly Zone[], name: string, type: DnsType | undefined): DnsAnswer {
  const zone = zoneOf(zones, name)
  if (!zone) return { code: 'refused', answers: [] }
  const answers = chain(zones, name, type)
  if (answers.length > 0) return { code: 'ok', answers }
  const [authority] = recordsAt(zone, zone.name, 'SOA')
  return { code: isThere(zone, name) ? 'ok' : 'no such name', answers: [], authority }
}

/** The longest name is the closest. */
const zoneOf = (zones: readonly Zone[], name: string): Zone | undefined =>
  zones
    .filter((zone) => name === zone.name || name.endsWith(`.${zone.name}`))
    .toSorted((a, b) => b.name.length - a.name.length)[0]

function chain(zones: readonly Zone[], name: string, type: DnsType | undefined): readonly DnsRecord[] {
  const answers: DnsRecord[] = []
  for (let [next, step] = [name, 0]; step < longestChain; step += 1) {
    const zone = zoneOf(zones, next)
    const direct = zone && type ? recordsAt(zone, next, type) : []
    const [alias] = zone && direct.length === 0 ? recordsAt(zone, next, 'CNAME') : []
    answers.push(...direct, ...(alias ? [alias] : []))
    if (!alias) break
    next = alias.value.replace(/\.?$/, '.').toLowerCase()
  }
  return answers
}

/** The records of a name, or of the wildcard that stands for it where there is no such name (RFC 4592). */
function recordsAt(zone: Zone, name: string, type: DnsType): readonly DnsRecord[] {
  const owner = isThere(zone, name) ? name : wildcardOf(zone, name)
  return zone.records
    .filter((set) => set.name === owner && set.type === type && isType(set.type))
    .flatMap(({ ttl, values }) => values.map((value) => ({ name, type, ttl, value })))
}

const isThere = (zone: Zone, name: string): boolean =>
  zone.records.some((set) => set.name === name || set.name.endsWith(`.${name}`))

function wildcardOf(zone: Zone, name: string): string | undefined {
  const labels = name.split('.')
  const above = labels.map((_, index) => labels.slice(index + 1).join('.'))
  const closest = above.find((one) => isThere(zone, one))
  return closest === undefined ? undefined : `\\052.${closest}`
}
