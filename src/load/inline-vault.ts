import type { Node, ScalarNode } from '#model/node.ts'
import { parseYaml } from './yaml-source.ts'

/** An encrypted value in the text of a YAML file. */
export interface InlineVault {
  /** The encrypted text, without indentation. */
  readonly text: string
  /** `file:line`. */
  readonly place: string
  readonly from: number
  readonly to: number
  readonly indentation: string
}

/** The `!vault` values of a YAML file, in order; empty when it is no YAML. */
export function inlineVaults(text: string, file: string): readonly InlineVault[] {
  const { root } = parseYaml(text, file)
  return root ? [...scalars(root)].filter(({ tag }) => tag === 'vault').map((node) => inlineVault(node)) : []
}

/** The YAML file with its encrypted values exchanged, in order. */
export function replaceInlineVaults(
  text: string,
  vaults: readonly InlineVault[],
  sealed: readonly string[],
): string {
  let at = 0
  const pieces = vaults.map(({ from, to, indentation }, i) => {
    const between = text.slice(at, from)
    at = to
    return `${between}${vaultBlock(sealed[i] ?? '', indentation)}`
  })
  return [...pieces, text.slice(at)].join('')
}

/** An encrypted text as a YAML block, from its `|` on, ending in a newline. */
export const vaultBlock = (sealed: string, indentation: string): string =>
  `|\n${sealed
    .trimEnd()
    .split('\n')
    .map((line) => `${indentation}${line}\n`)
    .join('')}`

function inlineVault({ value, raw, style, range }: ScalarNode): InlineVault {
  return {
    text: String(value).trim(),
    place: `${range.file}:${range.start.line}`,
    from: range.start.offset,
    to: style === 'block' ? range.start.offset + raw.length : range.end.offset,
    indentation: /\n( +)/.exec(raw)?.[1] ?? ' '.repeat(range.start.column + 2),
  }
}

function* scalars(node: Node): Iterable<ScalarNode> {
  if (node.kind === 'scalar') return yield node
  const children = node.kind === 'list' ? node.items : node.entries.map(({ value }) => value)
  for (const child of children) yield* scalars(child)
}
