import { Document } from 'yaml'
import { isFields } from '../json.ts'

/** As Go's encoding/json writes it: mappings by their names, and no characters that HTML has a use for. */
export const jsonText = (value: unknown): string => jsonInOrder(sorted(value))

export const jsonInOrder = (value: unknown): string => `${goJson(JSON.stringify(value, undefined, 4))}\n`

/** The same in one line. */
export const compactJson = (value: unknown): string => goJson(JSON.stringify(sorted(value)))

const goJson = (text: string): string =>
  text.replaceAll(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)

/** As sigs.k8s.io/yaml writes it. */
export function yamlText(value: unknown): string {
  const document = new Document(sorted(value), { schema: 'yaml-1.1', aliasDuplicateObjects: false })
  return document.toString({ indentSeq: false, lineWidth: 0, blockQuote: 'literal' })
}

export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isFields(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]))
}
