import { signatureOf } from '#lang/build-call.ts'
import { parametersOf } from '#lang/functions/function-parameters.ts'
import { type Phrase, Untranslatable } from './phrase.ts'

/** Jinja's words for some of our parameters. */
const spellings: Readonly<Record<string, string>> = {
  d: 'separator',
  maxsplit: 'limit',
  chars: 'characters',
  default_value: 'fallback',
  boolean: 'when_empty',
  true_val: 'then',
  false_val: 'otherwise',
  algo: 'algorithm',
  hashtype: 'algorithm',
  decorator: 'prefix',
  precision: 'digits',
  start: 'start',
}

/** All arguments in the order of our signature. Throws Untranslatable when one has no place there. */
export function inOrder(
  name: string,
  positional: readonly Phrase[],
  named: ReadonlyMap<string, Phrase>,
): readonly Phrase[] {
  const { names } = parametersOf(signatureOf(name) ?? '')
  const result = [...positional]
  for (const [written, value] of named) {
    const own = names.includes(written) ? written : (spellings[written] ?? written)
    const index = names.indexOf(own)
    // A gap before it would need a word for "not given", which positions have not.
    if (index !== result.length) throw new Untranslatable()
    result.push(value)
  }
  return result
}
