import { closest, distance } from 'fastest-levenshtein'

/**
 * The candidate that a misspelt word most likely meant; undefined when none is near enough to be worth naming.
 * Case is ignored when judging nearness, so `Name` finds `name`.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const others = [...candidates].filter((candidate) => candidate !== word)
  if (others.length === 0 || word === '') return undefined
  const folded = word.toLowerCase()
  const best = closest(
    folded,
    others.map((other) => other.toLowerCase()),
  )
  if (distance(folded, best) > tolerance(word)) return undefined
  return others.find((other) => other.toLowerCase() === best)
}

/** One mistake in three letters is still a typo; more, or another letter altogether, is another word. */
function tolerance(word: string): number {
  return Math.min(word.length - 1, Math.max(1, Math.floor(word.length / 3)))
}
