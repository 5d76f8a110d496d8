/**
 * The value of the magic variable `omit`. A key whose value it is gets left out of its mapping, as if it had
 * not been written.
 */
export const omit: unique symbol = Symbol('omit')
