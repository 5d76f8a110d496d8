import fc from 'fast-check'
import { it } from 'vitest'
import { compileExpression } from '#lang/compile-expression.ts'
import { compileText } from '#lang/compile-value.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { SourceRange } from '#model/source.ts'
import { anyText } from '../support/any-text.ts'
import { lookupOf } from '../support/lookup.ts'

const rangeOf = (text: string): SourceRange => ({
  file: 'test.yml',
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1 + text.length, offset: text.length },
})

const words =
  'a b.c x list[0] "t" \'u\' 1 2.5 true null ( ) [ ] { } , . : ? | ~ == != < && || ! + - * / % in is not and or if else defined default(x upper( map( {{ }} {{# {{/ {{{ {{~ ~}} {{else}} #if #each each if this ../ @index as |i| {% %} = \\ \n // é 😀'
const snippets = fc.array(fc.constantFrom(...words.split(' ')), { maxLength: 12 })
const text = fc.oneof(
  fc.tuple(snippets, fc.constantFrom('', ' ')).map(([parts, between]) => parts.join(between)),
  anyText(),
)
const lookup = lookupOf({ a: 1, b: { c: 'd' }, x: 'text', list: [1, 2], i: { a: [] } })

const isInside = (range: SourceRange | undefined, length: number): boolean =>
  range !== undefined &&
  range.start.offset >= 0 &&
  range.start.offset <= range.end.offset &&
  range.end.offset <= length

/** Whatever is written, it compiles or has a diagnostic inside it, and then gives a value or an error of the user's. */
function holds(
  written: string,
  compiled: { run?: () => unknown; ranges: readonly (SourceRange | undefined)[] },
) {
  if (!compiled.ranges.every((range) => isInside(range, written.length))) return false
  try {
    compiled.run?.()
    return true
  } catch (error) {
    return error instanceof EvaluationError && isInside(error.range, written.length)
  }
}

it('compiles any text as a template, or says where it cannot', () => {
  fc.assert(
    fc.property(text, (written) => {
      const { value, diagnostics } = compileText(written, rangeOf(written))
      return holds(written, {
        run: () => value.render(lookup),
        ranges: diagnostics.map(({ range }) => range),
      })
    }),
    { numRuns: 2000 },
  )
})

it('compiles any text as an expression, or says where it cannot', () => {
  fc.assert(
    fc.property(text, (written) => {
      const { expression, diagnostics } = compileExpression(written, rangeOf(written))
      if (!expression && diagnostics.length === 0) return false
      const ranges = diagnostics.map(({ range }) => range)
      return holds(written, { ...(expression && { run: () => expression.evaluate(lookup) }), ranges })
    }),
    { numRuns: 2000 },
  )
})
