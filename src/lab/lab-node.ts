import { nearest } from '#base/did-you-mean.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { MapEntry, MapNode, Node } from '#model/node.ts'

/** Collects what is wrong with a lab file. */
export type Say = (
  code: Diagnostic['code'],
  place: Pick<Node, 'range'> | undefined,
  message: string,
  remedy?: string,
) => void

/** Says of each key that `owner` does not have which ones it has, and which was meant. */
export function refuseUnknown(map: MapNode, known: readonly string[], owner: string, say: Say): void {
  for (const entry of map.entries.filter(({ key }) => !known.includes(key))) {
    const message = `${owner} has no key "${entry.key}". It has ${known.join(', ')}.`
    say('unknown-keyword', placeOf(entry), message, didYouMean(entry.key, known))
  }
}

export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const meant = nearest(word, known)
  return meant === undefined ? undefined : `Did you mean "${meant}"?`
}

export const placeOf = (entry: MapEntry): Pick<Node, 'range'> => ({ range: entry.keyRange })

export const childOf = (map: MapNode, key: string): Node | undefined =>
  map.entries.find((entry) => entry.key === key)?.value

export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

/** The words of a list; one message about the whole list when it is none, or one of its words is unfit. */
export function readWords(node: Node | undefined, pattern: RegExp, say: Say, rule: string): string[] {
  if (!node) return []
  const words = node.kind === 'list' ? node.items.map(textOf) : [undefined]
  if (words.every((word) => word !== undefined && pattern.test(word))) {
    return words.filter((word) => word !== undefined)
  }
  say('wrong-type', node, rule)
  return []
}

/** Words of a list that are also known; each other one is named, with the one that was meant. */
export function readKnown(
  node: Node | undefined,
  { known, what }: { readonly known: readonly string[]; readonly what: string },
  say: Say,
): string[] {
  const words = readWords(node, /./, say, `This has to be a list of ${what}s.`)
  if (node?.kind !== 'list') return words
  return words.filter((word, index) => {
    if (known.includes(word)) return true
    const have = known.length > 0 ? ` There is ${known.join(', ')}.` : ''
    say('wrong-type', node.items[index], `There is no ${what} "${word}".${have}`, didYouMean(word, known))
    return false
  })
}
