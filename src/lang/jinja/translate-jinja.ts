import type { Arguments, Jinja } from './jinja-ast.ts'
import { translateFilter } from './jinja-filters.ts'
import { translateFunction, translateMethod } from './jinja-methods.ts'
import { translateTest } from './jinja-tests.ts'
import { binary, call, not, type Phrase, Untranslatable } from './phrase.ts'
import type { TranslatedArguments } from './translated-arguments.ts'

/** What a Jinja expression means here. Throws Untranslatable. */
export function translateJinja(node: Jinja): Phrase {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return node
    case 'member':
      return { kind: 'member', of: translateJinja(node.of), key: node.key }
    case 'index':
      return { kind: 'index', of: translateJinja(node.of), key: translateJinja(node.key) }
    case 'call':
      return translateCall(node.of, node.args)
    case 'filter':
      return translateFilter(node.name, translateJinja(node.of), translated(node.args))
    case 'test': {
      const test = translateTest(node.name, translateJinja(node.of), translated(node.args).positional)
      return node.negated ? negation(test) : test
    }
    case 'list':
      return { kind: 'list', items: node.items.map(translateJinja) }
    case 'dict': {
      const entries = node.entries.map(
        ([key, value]) => [translateJinja(key), translateJinja(value)] as const,
      )
      return { kind: 'dict', entries }
    }
    default:
      return translateOperation(node)
  }
}

function translated({ positional, named }: Arguments): TranslatedArguments {
  return {
    positional: positional.map(translateJinja),
    named: new Map([...named].map(([name, value]) => [name, translateJinja(value)])),
  }
}

function translateCall(of: Jinja, args: Arguments): Phrase {
  if (of.kind === 'name') return translateFunction(of.name, translated(args))
  if (of.kind === 'member') return translateMethod(of.key, translateJinja(of.of), translated(args).positional)
  throw new Untranslatable()
}

type Operation = Extract<Jinja, { kind: 'binary' | 'not' | 'negate' | 'conditional' }>

function translateOperation(node: Operation): Phrase {
  switch (node.kind) {
    case 'binary':
      return translateBinary(node)
    case 'conditional': {
      const no: Phrase = node.no ? translateJinja(node.no) : { kind: 'literal', value: '' }
      return { kind: 'conditional', test: translateJinja(node.test), yes: translateJinja(node.yes), no }
    }
    case 'negate':
      return { kind: 'negate', of: translateJinja(node.of) }
    case 'not':
      return negation(translateJinja(node.of))
  }
}

function translateBinary({ operator, left, right }: Extract<Jinja, { kind: 'binary' }>): Phrase {
  const [first, second] = [translateJinja(left), translateJinja(right)]
  if (operator === 'not in') return not(binary(first, 'in', second))
  if (operator === '//') return call('int', binary(first, '/', second))
  if (operator === '**') throw new Untranslatable()
  if (operator !== '~') return binary(first, operator, second)
  return { kind: 'concat', parts: [...partsOf(first), ...partsOf(second)] }
}

function partsOf(phrase: Phrase): readonly Phrase[] {
  return phrase.kind === 'concat' ? phrase.parts : [phrase]
}

/** `not (x is none)` reads better as `x != null`. */
function negation(of: Phrase): Phrase {
  if (of.kind === 'not') return of.of
  if (of.kind === 'binary' && of.operator === '==') return { ...of, operator: '!=' }
  return not(of)
}
