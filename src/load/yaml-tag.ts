import type { ScalarNode } from '#model/node.ts'
import { resolveNumber, resolvePlain } from './core-schema.ts'

/** What a tag says; the last seven are YAML's own. */
export type YamlTag = 'expr' | 'vault' | 'unsafe' | 'str' | 'int' | 'float' | 'bool' | 'null' | 'map' | 'seq'

const tags: ReadonlyMap<string, YamlTag> = new Map([
  ['!expr', 'expr'],
  ['!vault', 'vault'],
  ['!vault-encrypted', 'vault'],
  ['!unsafe', 'unsafe'],
  ['!', 'str'],
  ['tag:yaml.org,2002:str', 'str'],
  ['tag:yaml.org,2002:int', 'int'],
  ['tag:yaml.org,2002:float', 'float'],
  ['tag:yaml.org,2002:bool', 'bool'],
  ['tag:yaml.org,2002:null', 'null'],
  ['tag:yaml.org,2002:map', 'map'],
  ['tag:yaml.org,2002:seq', 'seq'],
])

export const knownTags = '!expr, !vault, !unsafe, !!str, !!int, !!float, !!bool, !!null'

/** The meaning of a tag in its long form; undefined when it has none here. */
export function yamlTag(written: string): YamlTag | undefined {
  return tags.get(written)
}

/** The value of tagged text; undefined when the text does not fit the tag. */
export function resolveTag(text: string, tag: YamlTag): ScalarNode['value'] | undefined {
  if (tag === 'int' || tag === 'float') return resolveNumber(text) ?? decimal(text)
  if (tag === 'bool' || tag === 'null') {
    const value = resolvePlain(text)
    const fits = tag === 'bool' ? typeof value === 'boolean' : value === null
    return fits ? value : undefined
  }
  return tag === 'map' || tag === 'seq' ? undefined : text
}

// Said to be a number, digits with a leading zero are one.
function decimal(text: string): number | undefined {
  return /^[-+]?[0-9]+$/.test(text) ? Number(text) : undefined
}
