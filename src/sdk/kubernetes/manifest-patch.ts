import { TaskFailure } from '../module.ts'
import { type Fields, isFields, isKubeObject, type KubeObject, nameOf } from './kube-object.ts'

interface Patch {
  readonly kind: string
  readonly name: string
  readonly merge?: unknown
  readonly append?: Readonly<Record<string, readonly string[]>>
}

/** An object with the patches that are meant for it. */
export function patched(object: KubeObject, patches: readonly Patch[]): KubeObject {
  const mine = patches.filter(({ kind, name }) => kind === object.kind && name === object.metadata.name)
  return mine.reduce(applyPatch, object)
}

function applyPatch(object: KubeObject, { merge, append = {} }: Patch): KubeObject {
  const merged = merge === undefined ? object : mergedInto(object, merge)
  const result = Object.entries(append).reduce(
    (value: unknown, [pointer, words]) =>
      appended(value, { steps: stepsOf(pointer), words, object, pointer }),
    merged,
  )
  if (isKubeObject(result)) return result
  throw new TaskFailure(`A patch leaves nothing of ${nameOf(object)}.`)
}

function mergedInto(value: unknown, patch: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(patch)) return mergedList(value, patch)
  if (!isFields(patch)) return patch
  const result: Record<string, unknown> = isFields(value) ? { ...value } : {}
  for (const [name, inner] of Object.entries(patch)) {
    if (inner === null) delete result[name]
    else result[name] = mergedInto(result[name], inner)
  }
  return result
}

function mergedList(value: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  const nameOfItem = (item: unknown): unknown => (isFields(item) ? item['name'] : undefined)
  if (!patch.every((item) => nameOfItem(item) !== undefined)) return patch
  const named = new Map(patch.map((item) => [nameOfItem(item), item]))
  const kept = value.map((item) =>
    named.has(nameOfItem(item)) ? mergedInto(item, named.get(nameOfItem(item))) : item,
  )
  const present = new Set(value.map(nameOfItem))
  return [...kept, ...patch.filter((item) => !present.has(nameOfItem(item)))]
}

const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

interface Appending {
  readonly steps: readonly string[]
  readonly words: readonly string[]
  readonly object: KubeObject
  readonly pointer: string
}

function appended(value: unknown, appending: Appending): unknown {
  const [step, ...steps] = appending.steps
  if (step === undefined) {
    const list = Array.isArray(value) ? value : []
    return [...list, ...appending.words.filter((word) => !list.includes(word))]
  }
  const deeper = (inner: unknown): unknown => appended(inner, { ...appending, steps })
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === step ? deeper(item) : item))
  if (isFields(value) || value === undefined) return withField(value ?? {}, step, deeper)
  throw new TaskFailure(`${nameOf(appending.object)} has no list at ${appending.pointer}.`)
}

const withField = (value: Fields, name: string, change: (inner: unknown) => unknown): Fields => ({
  ...value,
  [name]: change(value[name]),
})
