import { quote } from './quote.ts'

/** A shell word whose `*`, `?` and `[…]` match files, and in which nothing else is special; `~/` is the user's home. */
export function globWord(pattern: string): string {
  const home = pattern.startsWith('~/')
  const text = (home ? pattern.slice(1) : pattern).replaceAll(/[*?]|\[[^\]]*\]|[^*?[]+|\[/g, (part) =>
    /^([*?]|\[.*\])$/s.test(part) ? part : quote(part),
  )
  return home ? `"$HOME"${text}` : text
}
