import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarkerReader } from '#transport/marker-reader.ts'

const nonce = 'AbC_-9'

function read(chunks: readonly Buffer[]): readonly (string | readonly string[])[] {
  const seen: (string | readonly string[])[] = []
  const reader = new MarkerReader(nonce, {
    bytes: (chunk) => {
      const last = seen.at(-1)
      if (typeof last === 'string') seen[seen.length - 1] = last + chunk.toString('latin1')
      else seen.push(chunk.toString('latin1'))
    },
    mark: (words) => seen.push(words),
  })
  for (const chunk of chunks) reader.push(chunk)
  return seen
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ]
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end))
}

describe('a reader of marks', () => {
  it('splits bytes and marks', () => {
    const stream = Buffer.from(`one\x1e${nonce} end 1 0\ntwo\n\x1e${nonce} end 2 7\n`, 'latin1')
    expect(read([stream])).toEqual(['one', ['end', '1', '0'], 'two\n', ['end', '2', '7']])
  })

  it('finds the same however the stream is cut', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(`\x1e${nonce} end 3 1\n`, `\x1e${nonce}`, '\x1e', `\x1e${nonce.slice(0, 3)}`, '\n')
        .map((text) => Buffer.from(text, 'latin1')),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (pieces, cuts) => {
          // A final line break, so that no mark stays open at the end of the stream.
          const stream = Buffer.concat([...pieces, Buffer.from('\n.')])
          expect(read(cutAt(stream, cuts))).toEqual(read([stream]))
        },
      ),
    )
  })

  it('passes on at once what cannot be part of a mark', () => {
    expect(read([Buffer.from('prompt: ')])).toEqual(['prompt: '])
    expect(read([Buffer.from('\x1ex')])).toEqual(['\x1ex'])
    expect(read([Buffer.from(`a\x1e${nonce}`)])).toEqual(['a'])
  })
})
