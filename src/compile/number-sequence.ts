import { EvaluationError } from '#model/evaluation-error.ts'
import type { SourceRange } from '#model/source.ts'

/**
 * Ansible's `with_sequence`: `start=1 end=9 stride=2 format=web%02d` or `1-9/2:web%02d`; also as a mapping.
 * Each number is written by the printf format.
 */
export function sequence(term: unknown, range: SourceRange): readonly string[] {
  const { start, end, stride, format } = parse(term, range)
  const count = stride === 0 ? 0 : Math.floor((end - start) / stride) + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => print(format, start + i * stride))
}

interface Sequence {
  readonly start: number
  readonly end: number
  readonly stride: number
  readonly format: string
}

function parse(term: unknown, range: SourceRange): Sequence {
  const given =
    typeof term === 'object' && term !== null ? new Map(Object.entries(term)) : fromText(String(term))
  const number = (key: string) => (given.has(key) ? Number(given.get(key)) : undefined)
  const start = number('start') ?? 1
  const stride = number('stride') ?? (given.has('end') && Number(given.get('end')) < start ? -1 : 1)
  const count = number('count')
  const end = number('end') ?? (count === undefined ? undefined : start + stride * (count - 1))
  const wrong = [start, stride, end].some((one) => one === undefined || !Number.isInteger(one))
  if (wrong || end === undefined) {
    throw new EvaluationError('"with_sequence" needs "end" or "count", in whole numbers.', range)
  }
  return { start, end, stride, format: String(given.get('format') ?? '%d') }
}

function fromText(text: string): ReadonlyMap<string, unknown> {
  const short = /^(?:(-?\w+)-)?(-?\w+)(?:\/(-?\w+))?(?::(.+))?$/.exec(text.trim())
  if (short && !text.includes('=')) {
    const parts = { start: short[1], end: short[2], stride: short[3], format: short[4] }
    return new Map(Object.entries(parts).filter(([, value]) => value !== undefined))
  }
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((pair) => [pair.replace(/=.*$/, ''), pair.replace(/^[^=]*=/, '')]),
  )
}

/** `%d`, `%02d`, `%x`, `%04x`, `%o` inside text. */
function print(format: string, number: number): string {
  return format.replace(/%(0?)(\d*)([dxXo])|%%/g, (whole, zero: string, width: string, kind: string) => {
    if (whole === '%%') return '%'
    const digits = number.toString(kind === 'd' ? 10 : kind === 'o' ? 8 : 16)
    return (kind === 'X' ? digits.toUpperCase() : digits).padStart(Number(width), zero || ' ')
  })
}
