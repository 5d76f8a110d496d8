import { distance } from 'fastest-levenshtein'

/**
 * The candidate that a misspelt word most likely meant; undefined when none is near enough to be worth naming.
 * Case is ignored when judging nearness, so `Name` finds `name`.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const folded = word.toLowerCase()
  let best: string | undefined
  let least = word === '' ? -1 : tolerance(word)
  for (const candidate of candidates) {
    const mistakes =
      candidate === word ? Number.POSITIVE_INFINITY : mistakesIn(folded, candidate.toLowerCase())
    if (mistakes > least || (best !== undefined && mistakes === least)) continue
    best = candidate
    least = mistakes
  }
  return best
}

/** Insertions, deletions and replacements; two neighbouring letters that changed places are one mistake. */
function mistakesIn(word: string, candidate: string): number {
  return isSwapped(word, candidate) ? 1 : distance(word, candidate)
}

function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const at = a.split('').findIndex((letter, i) => letter !== b[i])
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

/** One mistake in three letters is still a typo; more, or another letter altogether, is another word. */
function tolerance(word: string): number {
  return Math.min(word.length - 1, Math.max(1, Math.floor(word.length / 3)))
}
