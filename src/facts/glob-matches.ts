import { defineKeyedFact } from '#sdk/fact.ts'
import { globWord } from '#sdk/glob-word.ts'

/** The first thing that a path or shell pattern finds on the host; undefined when there is none. */
export default defineKeyedFact<string | undefined>({
  name: 'glob-matches',
  summary: 'The first path that a pattern finds.',
  script: (patterns) =>
    patterns
      .map(
        (pattern) =>
          `set -- ${globWord(pattern)}; if [ -e "$1" ] || [ -L "$1" ]; then printf 'y%s\\036' "$1"; else printf 'n\\036'; fi`,
      )
      .join('\n'),
  reads: (pattern) => [{ kind: 'path', name: fixedPart(pattern) }],
  parse({ stdout }, patterns) {
    const answers = stdout.split('\x1e')
    return patterns.map((_, i) => (answers[i]?.startsWith('y') ? answers[i]?.slice(1) : undefined))
  },
})

/** The folder above the first character that stands for others. */
function fixedPart(pattern: string): string {
  const at = pattern.search(/[*?[]/)
  if (at < 0) return pattern
  return pattern.slice(0, Math.max(pattern.lastIndexOf('/', at), 1))
}
