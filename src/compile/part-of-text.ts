import type { ScalarNode } from '#model/node.ts'
import type { Position } from '#model/source.ts'

/** A stretch of a scalar's text: `start` counts in its value, `end` is exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** Stretches of a scalar, one after the other, as a scalar of their own that still knows where it stands. */
export function partOfText(node: ScalarNode, stretches: readonly Stretch[]): ScalarNode {
  const text = String(node.value)
  const value = stretches.map(({ start, end }) => text.slice(start, end)).join('')
  const offsets = stretches.flatMap(({ start, end }) =>
    Array.from({ length: end - start }, (_, i) => offsetOf(node, start + i)),
  )
  const from = offsets[0] ?? offsetOf(node, stretches[0]?.start ?? 0)
  const to = (offsets.at(-1) ?? from - 1) + 1
  const rawStart = textStart(node).offset
  return {
    ...node,
    value,
    raw: node.raw.slice(from - rawStart, to - rawStart),
    // Its range has no quotes around it, and the offsets say where each character is.
    style: 'plain',
    range: { file: node.range.file, start: positionOf(node, from), end: positionOf(node, to) },
    offsets,
  }
}

/** Where the raw text begins: behind the quote, when there is one. */
function textStart(node: ScalarNode): Position {
  const { line, column, offset } = node.range.start
  const quote = node.style === 'single' || node.style === 'double' ? 1 : 0
  return { line, column: column + quote, offset: offset + quote }
}

function offsetOf(node: ScalarNode, index: number): number {
  const last = node.offsets?.at(-1)
  return node.offsets?.[index] ?? (last === undefined ? textStart(node).offset + index : last + 1)
}

function positionOf(node: ScalarNode, offset: number): Position {
  const start = textStart(node)
  const before = node.raw.slice(0, Math.max(0, offset - start.offset))
  const newLine = before.lastIndexOf('\n')
  if (newLine < 0) return { line: start.line, column: start.column + offset - start.offset, offset }
  return { line: start.line + before.split('\n').length - 1, column: before.length - newLine, offset }
}
