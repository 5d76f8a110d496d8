import { Secret } from '#model/secret.ts'

/** What a secret hides; any other value as it is. For comparing, never for showing. */
export function revealed(value: unknown): unknown {
  return value instanceof Secret ? value.reveal() : value
}
