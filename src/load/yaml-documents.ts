import { parseAllDocuments } from 'yaml'

/**
 * The documents of a YAML stream as plain values; empty ones are left out. For data such as Kubernetes manifests, which
 * hold no expressions. Throws SyntaxError with the place of the first error.
 */
export function yamlDocuments(text: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { schema: 'core', merge: false, logLevel: 'silent' })
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const [error] = document.errors
    if (error) throw new SyntaxError(error.message.split('\n')[0] ?? 'no YAML', { cause: error })
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return value === null || value === undefined ? [] : [value]
  })
}
