import type { VarsFile } from '#model/syntax.ts'
import type { SourceReader } from './source-reader.ts'

/** Reads a file of variables, which must be a mapping or empty. */
export async function readVarsFile(reader: SourceReader, absolutePath: string): Promise<VarsFile> {
  const { path, root } = await reader.yaml(absolutePath, { secret: true })
  if (root === undefined || root.kind === 'map') return { path, absolutePath, root }
  reader.report({
    code: 'wrong-shape',
    severity: 'error',
    message: `"${path}" is a file of variables and must be a mapping.`,
    remedy: 'Write each variable as "name: value".',
    range: root.range,
  })
  return { path, absolutePath, root: undefined }
}
