import type { Double } from './double.ts'
import { mailq, sendmail } from './mailq.ts'

const all: readonly Double[] = [mailq, sendmail]

/** Every double by the program it stands in for. */
export const doubles: ReadonlyMap<string, Double> = new Map(all.map((double) => [double.name, double]))
