import { compileSchema, type SchemaIssue } from '#lang/json-schema.ts'
import { plainData, type ReadYaml, readYamlFile } from '#load/read-yaml-file.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import type { VaultId } from './requests.ts'

/** A file that a JSON Schema describes. */
export interface CheckedFile extends Omit<ReadYaml, 'root'> {
  readonly root: Node | undefined
  /** Its plain data with the schema's types; undefined when anything is wrong with it. */
  readonly data: unknown
}

/**
 * Reads a YAML file and checks its form. Mistakes become diagnostics at their places.
 *
 * @param remedies what to do about a failed keyword of the schema, where its own words would not help
 */
export async function readCheckedFile(
  path: string,
  schema: object,
  vault: readonly VaultId[],
  remedies: Readonly<Record<string, string>> = {},
): Promise<CheckedFile> {
  const read = await readYamlFile(path, process.cwd(), vault)
  if (!read.root) return { ...read, data: undefined }
  const { root } = read
  const compiled = compileSchema(schema)
  const data = compiled.coerce(plainData(root))
  const found = compiled.validate(data).map((issue) => diagnosticOf(issue, root, remedies))
  const diagnostics = [...read.diagnostics, ...found]
  const broken = diagnostics.some(({ severity }) => severity === 'error')
  return { ...read, diagnostics, data: broken ? undefined : data }
}

function diagnosticOf(
  { path, keyword, message }: SchemaIssue,
  root: Node,
  remedies: Readonly<Record<string, string>>,
): Diagnostic {
  const isKey = keyword === 'additionalProperties'
  const remedy = remedies[keyword]
  return {
    code: isKey ? 'unknown-keyword' : 'wrong-type',
    severity: 'error',
    // A pattern says nothing to a person; its remedy does.
    message: remedy === undefined ? message : `"${path.join('.')}" has a form that cannot be read.`,
    ...(remedy !== undefined && { remedy }),
    range: rangeAt(root, path, isKey),
  }
}

/** The place of a value, or of its key; of what holds it when there is none. */
export function rangeAt(root: Node, path: readonly (string | number)[], key = false): SourceRange {
  let node = root
  for (const [i, step] of path.entries()) {
    const entry = node.kind === 'map' ? node.entries.find((one) => one.key === String(step)) : undefined
    if (entry && key && i === path.length - 1) return entry.keyRange
    const inner = entry?.value ?? (node.kind === 'list' ? node.items[Number(step)] : undefined)
    if (!inner) break
    node = inner
  }
  return node.range
}
