import { stringify } from 'yaml'
import type { Node } from '#model/node.ts'
import { parseYaml } from './yaml-source.ts'

export interface YamlLayout {
  /** Spaces for each level; 2 unless said otherwise. */
  readonly indent?: number
  /** Sorts the keys of mappings, as Ansible's `to_nice_yaml` does. */
  readonly sortKeys?: boolean
  /** One line with brackets instead of blocks. */
  readonly flow?: boolean
}

/** YAML for values at run time (`from_yaml`, `to_yaml`): the same meaning of plain text as in files. */
export const yamlCodec = {
  /** Throws SyntaxError with line and column of the first error. */
  parse(text: string): unknown {
    const { root, diagnostics } = parseYaml(text, 'YAML text')
    const first = diagnostics[0]
    if (first) {
      const { line, column } = first.range?.start ?? { line: 1, column: 1 }
      throw new SyntaxError(`Line ${line}, column ${column}: ${first.message}`)
    }
    return root ? plain(root) : null
  },

  /** Block style; text that YAML 1.1 readers would take for something else is quoted. Ends with a newline. */
  stringify(value: unknown, layout: YamlLayout = {}): string {
    return stringify(value, {
      aliasDuplicateObjects: false,
      collectionStyle: layout.flow ? 'flow' : 'any',
      compat: 'yaml-1.1',
      indent: layout.indent ?? 2,
      indentSeq: false,
      lineWidth: 0,
      singleQuote: true,
      sortMapEntries: layout.sortKeys ?? false,
    })
  },
}

function plain(node: Node): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]))
}
