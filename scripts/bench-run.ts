/** One run of one tool, as the comparison harness writes it. */
export interface Run {
  readonly peer: string
  readonly work: string
  readonly n: number
  readonly rtt: number
  readonly phase: string
  readonly rc: number
  /** Seconds. */
  readonly wall: number
}

/** The phase in which the file of W4 has no bytes. */
export const emptyFile = 'empty'

/** Of their wall-clock seconds; NaN of none. */
export function median(runs: readonly Run[]): number {
  const sorted = runs.map(({ wall }) => wall).toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
