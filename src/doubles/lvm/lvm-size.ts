import { refuse } from '#doubles/answer.ts'
import { invalid } from './lvm-state.ts'

const letters = 'bskmgtpe'
const factors: Readonly<Record<string, number>> = { b: 1, s: 512 }

/** Bytes in a unit of lvm2: `k` is 1024, `K` is 1000, `s` a sector, `b` a byte. lvmreport(7), `--units`. */
function unitBytes(letter: string): number {
  const lower = letter.toLowerCase()
  const power = letters.indexOf(lower) - 1
  return factors[lower] ?? (letter === lower ? 1024 : 1000) ** power
}

/** A size as `--size` takes it: a number and a unit, MiB when there is none, all units of 1024 (lvm(8), "Size"). */
export function parseSize(text: string, shown: string): number {
  const match = /^(\d+(?:\.\d+)?)([bskmgtpe])?(?:i?b)?$/i.exec(text)
  if (!match)
    return refuse(
      invalid,
      `  Invalid argument for ${shown}: ${text}\n  Error during parsing of command line.`,
    )
  return Math.round(Number(match[1]) * unitBytes((match[2] ?? 'm').toLowerCase()))
}

export interface SizeStyle {
  /** Of `--units`; `r` and `h` choose by size. */
  readonly unit: string
  readonly hasSuffix: boolean
}

/** `<1.00g` marks what was rounded up, with the unit `r`, which is the default. lib/display/display.c. */
export function showSize(bytes: number, { unit, hasSuffix }: SizeStyle): string {
  const isChosen = /^[rh]$/i.test(unit)
  if (bytes === 0)
    return hasSuffix && !isChosen ? `0${unit.replace(/^[bs]$/, (letter) => letter.toUpperCase())}` : '0'
  const letter = isChosen ? bestUnit(bytes) : unit
  const exact = bytes / unitBytes(letter)
  if (/^[bs]$/i.test(letter)) return `${Math.floor(exact)}${hasSuffix ? letter.toUpperCase() : ''}`
  const text = exact.toFixed(2)
  const mark = unit === 'r' && Number(text) > exact ? '<' : ''
  return `${mark}${text}${hasSuffix ? letter : ''}`
}

const bestUnit = (bytes: number): string => [...'etgmk'].find((letter) => bytes >= unitBytes(letter)) ?? 'b'
