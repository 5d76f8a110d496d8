import type { SourceRange } from '#model/source.ts'

/** Gives steps their ids: the place in the text, and a number where the same text is used several times. */
export class Ids {
  readonly #used = new Map<string, number>()

  next(range: SourceRange, role: string | undefined): string {
    const { line, column } = range.start
    const place = `${range.file}:${line}:${column}${role === undefined ? '' : `#${role}`}`
    const count = (this.#used.get(place) ?? 0) + 1
    this.#used.set(place, count)
    return count === 1 ? place : `${place}~${count}`
  }
}
