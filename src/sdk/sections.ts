/**
 * The parts of an output whose script began each with `printf '\036%s\n' title`. Text before the first title
 * is dropped; the newline that ends a part stays with it.
 */
export function sections(output: string): ReadonlyMap<string, string> {
  const parts = output.split('\x1e').slice(1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end), part.slice(end + 1)]
    }),
  )
}

/** The lines of a text, without their ends and without empty ones. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}
