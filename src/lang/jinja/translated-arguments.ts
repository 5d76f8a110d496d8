import type { Phrase } from './phrase.ts'

/** Arguments of a filter, test or function, translated. */
export interface TranslatedArguments {
  readonly positional: readonly Phrase[]
  readonly named: ReadonlyMap<string, Phrase>
}
