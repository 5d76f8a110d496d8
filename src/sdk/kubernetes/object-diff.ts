import { type Fields, fieldsOf, isFields, type KubeObject } from './kube-object.ts'

/** An object as a diff shows it: without what the server alone writes. */
export function comparable(object: KubeObject): Fields {
  const { status: _, ...rest } = object
  const metadata = Object.entries(object.metadata).filter(([name]) => !serverFields.has(name))
  return { ...rest, metadata: Object.fromEntries(metadata) }
}

const serverFields = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
])

/** Both texts of an object for people, keys in order. Of a Secret's values they say only which ones differ. */
export function objectTexts(before: KubeObject | undefined, after: KubeObject | undefined) {
  const [was, will] = [before?.['data'], after?.['data']]
  const text = (object: KubeObject | undefined, words: MaskWords): string | undefined => {
    if (!object) return undefined
    const shown = object.kind === 'Secret' ? { ...object, data: masked(object['data'], words) } : object
    return `${JSON.stringify(sorted(comparable({ ...object, ...shown })), null, 2)}\n`
  }
  return {
    before: text(before, { other: fieldsOf(will), word: '(the old value)' }),
    after: text(after, { other: fieldsOf(was), word: '(the new value)' }),
  }
}

interface MaskWords {
  readonly other: Fields
  readonly word: string
}

function masked(data: unknown, { other, word }: MaskWords): Fields {
  const entries = Object.entries(fieldsOf(data))
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value === other[name] ? '(the same value)' : word]),
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isFields(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
}

/** Equal whatever the order of keys. */
export const isSame = (a: unknown, b: unknown): boolean =>
  JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

/** Ways to the fields in which two objects differ: `.spec.replicas`. At most a few; the diff shows all. */
export function differences(before: unknown, after: unknown, path = ''): readonly string[] {
  if (isSame(before, after)) return []
  if (isFields(before) && isFields(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((name) => differences(before[name], after[name], `${path}.${name}`))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, i) => differences(item, after[i], `${path}[${i}]`))
  }
  return [path]
}
