import { isFunction } from '#lang/build-call.ts'
import { translateTest } from './jinja-tests.ts'
import { inOrder } from './named-arguments.ts'
import { call, type Phrase, Untranslatable } from './phrase.ts'
import type { TranslatedArguments } from './translated-arguments.ts'

/** `of | name(args)`. */
export function translateFilter(name: string, of: Phrase, args: TranslatedArguments): Phrase {
  const special = filters[name]
  if (special) return special(of, args)
  const own = renamed[name] ?? name
  if (!isFunction(own)) throw new Untranslatable()
  return call(own, ...inOrder(own, [of, ...args.positional], args.named))
}

const renamed: Readonly<Record<string, string>> = {
  d: 'default',
  count: 'size',
  dict2items: 'items',
  items2dict: 'dict',
  path_join: 'join_path',
  tojson: 'to_json',
}

/** Names that mean something else here, or take their arguments in another way. */
const filters: Readonly<Record<string, (of: Phrase, args: TranslatedArguments) => Phrase>> = {
  list: (of) => of,
  selectattr: (of, args) => byAttribute('select', of, args.positional),
  rejectattr: (of, args) => byAttribute('reject', of, args.positional),
  select: (of, args) => byTest('filter', of, args.positional),
  reject: (of, args) => {
    const chosen = byTest('filter', of, args.positional)
    return chosen.kind === 'comprehension' ? { ...chosen, body: { kind: 'not', of: chosen.body } } : chosen
  },
  map: mapped,
  version_compare: (of, { positional: [other, operator] }) => {
    if (!other || !operator) throw new Untranslatable()
    return call('version', of, operator, other)
  },
  combine: (of, { positional, named }) => {
    const recursive = named.get('recursive')
    if (named.size > (recursive ? 1 : 0)) throw new Untranslatable()
    return call('combine', of, ...positional, ...(recursive ? [recursive] : []))
  },
  batch: refuse,
  slice: refuse,
}

const item: Phrase = { kind: 'name', name: 'it' }

function refuse(): never {
  throw new Untranslatable()
}

/** `selectattr('a')`, `selectattr('a', 'equalto', v)`, and with any other test a CEL filter. */
function byAttribute(
  name: 'select' | 'reject',
  of: Phrase,
  [attribute, test, ...rest]: readonly Phrase[],
): Phrase {
  if (attribute?.kind !== 'literal' || typeof attribute.value !== 'string') throw new Untranslatable()
  if (!test) return call(name, of, attribute)
  if (test.kind !== 'literal') throw new Untranslatable()
  const [value] = rest
  const isEqual = test.value === 'equalto' || test.value === 'eq' || test.value === '=='
  if (isEqual && value) return call(name, of, attribute, value)
  const key = attribute.value
    .split('.')
    .reduce<Phrase>((inner, step) => ({ kind: 'member', of: inner, key: step }), item)
  const body = translateTest(String(test.value), key, rest)
  return {
    kind: 'comprehension',
    over: of,
    macro: 'filter',
    body: name === 'select' ? body : { kind: 'not', of: body },
  }
}

function byTest(macro: string, of: Phrase, [test, ...rest]: readonly Phrase[]): Phrase {
  if (test?.kind !== 'literal') throw new Untranslatable()
  return { kind: 'comprehension', over: of, macro, body: translateTest(String(test.value), item, rest) }
}

/** `map(attribute='a')` and `map('upper')`. */
function mapped(of: Phrase, { positional, named }: TranslatedArguments): Phrase {
  const attribute = named.get('attribute')
  const fallback = named.get('default')
  if (attribute) return call('map_attr', of, attribute, ...(fallback ? [fallback] : []))
  const [filter, ...rest] = positional
  if (filter?.kind !== 'literal' || typeof filter.value !== 'string') throw new Untranslatable()
  if (filter.value === 'extract') return extracted(of, rest)
  const body = translateFilter(filter.value, item, { positional: rest, named })
  return { kind: 'comprehension', over: of, macro: 'map', body }
}

/** `groups['web'] | map('extract', hostvars, 'x')`: `groups.web.map(it, hostvars[it].x)`. */
function extracted(of: Phrase, [container, ...keys]: readonly Phrase[]): Phrase {
  if (!container) throw new Untranslatable()
  const steps = keys.flatMap((key) => (key.kind === 'list' ? key.items : [key]))
  const start: Phrase = { kind: 'index', of: container, key: item }
  const body = steps.reduce<Phrase>((inner, key) => ({ kind: 'index', of: inner, key }), start)
  return { kind: 'comprehension', over: of, macro: 'map', body }
}
