import { isFunction } from '#lang/build-call.ts'
import { inOrder } from './named-arguments.ts'
import { call, type Phrase, text, Untranslatable } from './phrase.ts'
import type { TranslatedArguments } from './translated-arguments.ts'

/** `name(args)`: Jinja's own functions, Ansible's `lookup`, and functions that tsplay has too. */
export function translateFunction(name: string, { positional, named }: TranslatedArguments): Phrase {
  if (name === 'lookup' || name === 'query' || name === 'q') return translateLookup(positional, named)
  if (name === 'dict' && positional.length === 0) {
    return { kind: 'dict', entries: [...named].map(([key, value]) => [text(key), value] as const) }
  }
  if (!isFunction(name)) throw new Untranslatable()
  if (name === 'now')
    return call(name, ...[named.get('fmt') ?? positional[0]].filter((one) => one !== undefined))
  return call(name, ...inOrder(name, positional, named))
}

const lookups = new Set(['env', 'file', 'pipe', 'fileglob', 'first_found', 'password'])

function translateLookup([plugin, ...rest]: readonly Phrase[], named: ReadonlyMap<string, Phrase>): Phrase {
  if (plugin?.kind !== 'literal' || typeof plugin.value !== 'string') {
    if (plugin && rest.length === 1 && named.size === 0) return call('lookup', plugin, ...rest)
    throw new Untranslatable()
  }
  const name = plugin.value.replace(/^ansible\.builtin\./, '')
  // `default=` of env is the second argument here; other options have no equal.
  const fallback = name === 'env' ? named.get('default') : undefined
  if (!lookups.has(name) || named.size > (fallback ? 1 : 0)) throw new Untranslatable()
  return call(name, ...rest, ...(fallback ? [fallback] : []))
}

/** `of.name(args)`: methods of Python's strings and dicts, and CEL's own. */
export function translateMethod(name: string, of: Phrase, args: readonly Phrase[]): Phrase {
  if (name === 'get') return translateGet(of, args)
  if (name === 'splitlines') return call('split', of, text('\n'))
  if (name === 'join') return joined(of, args)
  const own = methods[name] ?? name
  if (!isFunction(own)) throw new Untranslatable()
  return call(own, of, ...args)
}

const methods: Readonly<Record<string, string>> = {
  startswith: 'startsWith',
  endswith: 'endsWith',
  strip: 'trim',
}

function translateGet(of: Phrase, [key, fallback]: readonly Phrase[]): Phrase {
  if (!key) throw new Untranslatable()
  return call('default', { kind: 'index', of, key }, fallback ?? { kind: 'literal', value: null })
}

/** Python joins by the separator: `', '.join(list)`. */
function joined(of: Phrase, [list, another]: readonly Phrase[]): Phrase {
  const isPython = of.kind === 'literal'
  if (isPython && list && !another) return call('join', list, of)
  return call('join', of, ...(list ? [list] : []))
}
