type Fields = Readonly<Record<string, unknown>>

/** What a program printed as JSON; undefined when it is none, an error message for instance. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object; one without fields for anything else. */
export const fieldsIn = (value: unknown): Fields => (isFields(value) ? value : {})

/** The objects of a list; none for anything else. */
export const rowsIn = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isFields) : []

/** A text, number or boolean as text; programs differ in which of them they print. */
export function textIn(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** `1`, `"1"`, `true`. */
export const isOn = (value: unknown): boolean => textIn(value) === '1' || value === 'true' || value === 'yes'
