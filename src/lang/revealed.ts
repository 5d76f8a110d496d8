import { UnknownValue } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { Unknown } from '#model/unknown.ts'

/** What a secret hides; any other value as it is. For comparing, never for showing. Throws UnknownValue. */
export function revealed(value: unknown): unknown {
  if (value instanceof Unknown) throw new UnknownValue(value.because)
  return value instanceof Secret ? value.reveal() : value
}
