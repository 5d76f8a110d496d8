import { createHash } from 'node:crypto'

/** How much later a schedule starts: the same for the same name, spread evenly over names. */
export function jitterOf(name: string, longest: number): number {
  const hash = createHash('sha256').update(name).digest().readUInt32BE(0)
  return Math.floor((hash / 2 ** 32) * longest)
}
