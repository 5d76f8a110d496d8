import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import type { Opened } from './vault.ts'

type Open = (text: string) => Promise<Opened>

/** Replaces each `!vault` block by its plain text, all at once. Those that stay closed become diagnostics. */
export async function decryptTree(
  root: Node,
  open: Open,
): Promise<{ root: Node; diagnostics: readonly Diagnostic[] }> {
  const blocks = [...vaultBlocks(root)]
  const opened = await Promise.all(blocks.map((block) => open(String(block.value))))
  const diagnostics: Diagnostic[] = []
  const plain = new Map<ScalarNode, ScalarNode>()
  blocks.forEach((block, i) => {
    const result = opened[i]
    if (result && 'bytes' in result) plain.set(block, { ...block, value: result.bytes.toString('utf8') })
    else if (result) diagnostics.push(closed(block, result))
  })
  return { root: replaceScalars(root, (scalar) => plain.get(scalar) ?? scalar), diagnostics }
}

function closed(block: ScalarNode, opened: { problem: string; remedy: string }): Diagnostic {
  return {
    code: 'vault-password',
    severity: 'error',
    message: `A !vault value in "${block.range.file}" cannot be decrypted. ${opened.problem}`,
    remedy: opened.remedy,
    range: block.range,
  }
}

function* vaultBlocks(node: Node): Iterable<ScalarNode> {
  if (node.kind === 'scalar') {
    if (node.tag === 'vault') yield node
    return
  }
  const children = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.value)
  for (const child of children) yield* vaultBlocks(child)
}

/** The same tree with its scalars exchanged. */
export function replaceScalars(node: Node, replace: (scalar: ScalarNode) => ScalarNode): Node {
  if (node.kind === 'scalar') return replace(node)
  if (node.kind === 'list') {
    return { ...node, items: node.items.map((item) => replaceScalars(item, replace)) }
  }
  const entries = node.entries.map((entry) => ({ ...entry, value: replaceScalars(entry.value, replace) }))
  return { ...node, entries }
}
