/** How an armored age file begins. */
export const ageBegin = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Whether a text is an age file, armored or (as Latin-1) binary. */
export const isAge = (text: string): boolean =>
  text.startsWith(ageBegin) || text.startsWith('age-encryption.org/v1\n')
