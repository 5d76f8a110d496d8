/** Rows of a timeline: what overlaps in time lies in different ones of its kind. */
export class Lanes {
  readonly #free: { readonly kind: string; until: number }[] = []

  /** The first row of this kind that is free from `start` on, and whether it is a new one. Rows count from 1. */
  take(kind: string, start: number, end: number): { readonly lane: number; readonly isNew: boolean } {
    const index = this.#free.findIndex((row) => row.kind === kind && row.until <= start)
    const row = this.#free[index]
    if (row) row.until = end
    else this.#free.push({ kind, until: end })
    return { lane: row ? index + 1 : this.#free.length, isNew: !row }
  }
}
