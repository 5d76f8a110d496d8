import { kindOf } from '#lang/kind-of.ts'
import { revealed } from '#lang/revealed.ts'
import { BadArgument } from './function-definition.ts'

/** Order of two numbers, texts or booleans. Throws BadArgument for a mixture, which has none. */
export function compareValues(left: unknown, right: unknown): number {
  const a = revealed(left)
  const b = revealed(right)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  throw new BadArgument(`${kindOf(a)} and ${kindOf(b)} have no order.`.replace(/^./, (c) => c.toUpperCase()))
}
