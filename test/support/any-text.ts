import fc from 'fast-check'

const surrogates = { first: 0xd800, count: 0x800 }

/** Any code point but a lone half of one. fast-check's own `binary` tabulates all of them first. */
const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - surrogates.count }).map(
  (n) => String.fromCodePoint(n < surrogates.first ? n : n + surrogates.count),
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined
    if (code === undefined || String.fromCodePoint(code) !== text) throw new Error('no single character')
    return code < surrogates.first ? code : code - surrogates.count
  },
)

/** As often what has a meaning in most languages. */
const character = fc.oneof(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }), anyCharacter)

/** Texts of any characters, and now and then one that means something to JavaScript, such as "__proto__". */
export const anyText = (minLength = 0): fc.Arbitrary<string> => fc.string({ unit: character, minLength })
