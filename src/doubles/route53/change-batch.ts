import { isDeepStrictEqual } from 'node:util'
import { problemOf, type RecordSet, readRecordSet } from './record-set.ts'
import type { Zone } from './route53-state.ts'
import { type Element, elementsAt, textAt } from './xml.ts'

/** Carries all changes of a request out, or gives what is wrong with them, in the service's words. */
export function changeRecords(zone: Zone, request: Element): readonly string[] {
  const problems: string[] = []
  let records = zone.records
  for (const change of elementsAt(request, 'ChangeBatch', 'Changes', 'Change')) {
    const [element] = elementsAt(change, 'ResourceRecordSet')
    if (!element) return ['Missing field ResourceRecordSet in Change']
    const set = readRecordSet(element)
    const action = textAt(change, 'Action') ?? ''
    const problem = refusal(records, { action, set, zone: zone.name })
    if (problem !== undefined) problems.push(problem)
    const others = records.filter((one) => !isSameSet(one, set))
    records = action === 'DELETE' ? others : [...others, set]
  }
  if (problems.length === 0) zone.records = records
  return problems
}

const isSameSet = (a: RecordSet, b: RecordSet): boolean => a.name === b.name && a.type === b.type

interface Wish {
  readonly action: string
  readonly set: RecordSet
  readonly zone: string
}

function refusal(records: readonly RecordSet[], { action, set, zone }: Wish): string | undefined {
  const { name, type } = set
  const present = records.find((one) => isSameSet(one, set))
  const said = `resource record set [name='${name}', type='${type}']`
  if (action === 'DELETE') {
    if (!present) return `Tried to delete ${said} but it was not found`
    const isSame =
      present.ttl === set.ttl && isDeepStrictEqual(present.values.toSorted(), set.values.toSorted())
    return isSame
      ? undefined
      : `Tried to delete ${said} but the values provided do not match the current values`
  }
  if (action === 'CREATE' && present) return `Tried to create ${said} but it already exists`
  if (name !== zone && !name.endsWith(`.${zone}`))
    return `RRSet with DNS name ${name} is not permitted in zone ${zone}`
  const rivals = records.filter((one) => one.name === name && one.type !== type)
  if (rivals.some((one) => type === 'CNAME' || one.type === 'CNAME')) {
    return `RRSet of type ${type} with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone}`
  }
  return problemOf(set)
}
