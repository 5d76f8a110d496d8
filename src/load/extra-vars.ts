import { resolve } from 'node:path'
import type { Node } from '#model/node.ts'
import { UsageError } from '#model/usage-error.ts'
import type { VarsLayer } from '#model/value.ts'
import { compileVars } from './compile-vars.ts'
import type { VariableEntry } from './inventory-builder.ts'
import type { SourceReader } from './source-reader.ts'
import { variableEntries } from './variable-entries.ts'
import { readVarsFile } from './vars-file.ts'
import { parseYaml } from './yaml-source.ts'

/**
 * Level 22: the values of `-e`, in order, later ones winning. Each is `@file`, a JSON or YAML mapping, or words
 * `name=value` whose values are typed like YAML. Throws UsageError for text that is none of these.
 */
export async function readExtraVars(reader: SourceReader, given: readonly string[]): Promise<VarsLayer> {
  const entries: VariableEntry[] = []
  for (const text of given) entries.push(...(await entriesOf(reader, text)))
  const vars = compileVars(entries, (diagnostic) => reader.report(diagnostic))
  return { level: 22, origin: '-e', vars }
}

async function entriesOf(reader: SourceReader, text: string): Promise<readonly VariableEntry[]> {
  if (text.startsWith('@')) return fileEntries(reader, text.slice(1))
  const trimmed = text.trim()
  if (trimmed.startsWith('{') || /^[\w-]+:(\s|$)/.test(trimmed)) return mappingEntries(text)
  return wordsOf(text).map(pairEntry)
}

const word = /(?:[^\s'"]|'[^']*'|"(?:\\.|[^"\\])*")+/g
const quoted = /'([^']*)'|"((?:\\.|[^"\\])*)"/g

/** Words as a shell would split them; quotes may stand inside a word: `name='two words'`. */
function wordsOf(text: string): readonly string[] {
  if (text.replaceAll(word, '').trim() !== '') {
    throw new UsageError(`-e '${text}' has a quote that does not end.`)
  }
  return (text.match(word) ?? []).map((one) =>
    one.replaceAll(quoted, (_, single, double) => single ?? unescaped(double)),
  )
}

const unescaped = (text: string): string => text.replaceAll(/\\(["\\$`])/g, '$1')

async function fileEntries(reader: SourceReader, path: string): Promise<readonly VariableEntry[]> {
  const absolute = resolve(reader.cwd, path)
  if ((await reader.kind(absolute)) !== 'file') {
    throw new UsageError(`The file "${path}", named by -e, does not exist.`)
  }
  const { root } = await readVarsFile(reader, absolute)
  return root ? variableEntries(root) : []
}

function mappingEntries(text: string): readonly VariableEntry[] {
  const root = parsed(text)
  if (root?.kind !== 'map') throw new UsageError(`-e '${text}' is not a mapping of variables.`)
  return variableEntries(root)
}

function pairEntry(word: string): VariableEntry {
  const at = word.indexOf('=')
  if (at <= 0) {
    throw new UsageError(`-e "${word}" sets no variable.`, {
      remedy: 'Write name=value, @file, or a mapping.',
    })
  }
  const value = typed(word.slice(at + 1))
  return { name: word.slice(0, at), nameRange: value.range, value }
}

/** `yes` and `0755` mean what they mean in a file; text that is not YAML stays text. */
function typed(text: string): Node {
  const { root, diagnostics } = parseYaml(text, '-e')
  if (root && root.kind !== 'map' && diagnostics.length === 0) return root
  return { kind: 'scalar', value: text, raw: text, style: 'single', range: wholeRange(text) }
}

function wholeRange(text: string): Node['range'] {
  const end = { line: 1, column: text.length + 1, offset: text.length }
  return { file: '-e', start: { line: 1, column: 1, offset: 0 }, end }
}

function parsed(text: string): Node | undefined {
  const { root, diagnostics } = parseYaml(text, '-e')
  const [first] = diagnostics
  if (first) throw new UsageError(`-e '${text}' cannot be read: ${first.message}`)
  return root
}
