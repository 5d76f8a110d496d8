import type { MapEntry, MapNode, Node } from '#model/node.ts'
import type { Context } from './context.ts'
import {
  droppedKeywords,
  type Keyword,
  type KeywordType,
  keywords,
  keywordsOf,
  type Place,
  placeNames,
} from './keyword-table.ts'
import { isNothing, isTemplate, itemsOf, shapeOf } from './node-reading.ts'
import { didYouMean } from './report.ts'
import { convert, wrongType } from './typed-value.ts'

/**
 * Checks the keywords of a play, block, task or role entry: known, allowed in this place, of the right type.
 * Gives back the entries that are no keyword at all, for which the caller may have a meaning.
 */
export function checkKeywords(map: MapNode, place: Place, context: Context): readonly MapEntry[] {
  return map.entries.filter((entry) => {
    const keyword = keywords.get(entry.key)
    if (!keyword?.places.includes(place)) return true
    checkType(entry, keyword, context)
    return false
  })
}

/** Reports an entry that has no meaning in its place. */
export function reportUnknown(entry: MapEntry, place: Place, context: Context): void {
  const { key, keyRange: range } = entry
  const keyword = keywords.get(key)
  const dropped = droppedKeywords.get(key)
  if (keyword) {
    const message = `"${key}" has no meaning on ${placeNames[place]}.`
    context.report.add({ code: 'bad-keyword-use', message, remedy: whereTo(key, keyword, place), range })
    return
  }
  const message = dropped
    ? `tsplay does not have Ansible's keyword "${key}".`
    : `${capital(placeNames[place])} has no keyword "${key}".`
  const remedy = dropped ?? didYouMean(key, keywordsOf(place))
  context.report.add({ code: 'unknown-keyword', message, remedy, range })
}

function whereTo(key: string, { places }: Keyword, place: Place): string {
  if ((place === 'include_tasks' || place === 'include_role') && places.includes('block')) {
    return `Put it below "apply" to have it hold for what is included.`
  }
  if (key === 'when' && place === 'play') return 'Put it on the tasks, or on a block around them.'
  if (key === 'register' && place === 'block') return 'Put it on a task of the block.'
  return `It belongs on ${alternatives(places.filter((one) => !one.includes('_')).map((one) => placeNames[one]))}.`
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function checkType({ key, value }: MapEntry, { type }: Keyword, context: Context): void {
  const given = misfit(value, type)
  if (given === undefined) return
  const shown = given.kind === 'scalar' && given.value !== null ? given.value : undefined
  const message =
    shown === undefined
      ? wrongType(key, type, null).replace('nothing', shapeOf(given))
      : wrongType(key, type, shown)
  context.report.add({ code: 'wrong-type', message, range: given.range })
}

/** The part of the value that does not fit the type. Templates are only known at run time. */
function misfit(value: Node, type: KeywordType): Node | undefined {
  switch (type) {
    case 'any':
      return undefined
    case 'list':
      return value.kind === 'list' || isNothing(value) ? undefined : value
    case 'mapping':
      return value.kind === 'map' || isNothing(value) ? undefined : value
    case 'mappings':
      return itemsOf(value).find((item) => item.kind !== 'map' && !isTemplate(item))
    case 'texts':
    case 'conditions':
      return itemsOf(value).find((item) => item.kind !== 'scalar')
    default:
      return isConvertible(value, type) ? undefined : value
  }
}

const isConvertible = (node: Node, type: KeywordType): boolean =>
  node.kind === 'scalar' && (isTemplate(node) || convert(node.value, type) !== undefined)
