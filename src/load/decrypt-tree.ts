import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node, ScalarNode } from '#model/node.ts'
import { Secret } from '#model/secret.ts'
import type { Opened } from './vault.ts'

/** What decrypting needs: a way to open text, and where to put what is wrong and what became known. */
export interface Vault {
  readonly secrets: Secret[]
  report(diagnostic: Diagnostic): void
  open(text: string): Promise<Opened> | undefined
}

/** Replaces each `!vault` block by its plain text, all at once. Those that stay closed are reported. */
export async function decryptTree(root: Node, vault: Vault): Promise<Node> {
  const blocks = [...vaultBlocks(root)]
  const plain = new Map<ScalarNode, ScalarNode>()
  await Promise.all(
    blocks.map(async (block) => {
      const opened = (await vault.open(String(block.value).trim())) ?? notEncrypted
      if ('problem' in opened) return vault.report(closed(block, opened))
      const value = opened.bytes.toString('utf8')
      vault.secrets.push(new Secret(value))
      plain.set(block, { ...block, value })
    }),
  )
  return plain.size > 0 ? replaceScalars(root, (scalar) => plain.get(scalar) ?? scalar) : root
}

const notEncrypted = {
  problem: 'It does not begin with a vault header.',
  remedy: 'Paste the whole output of `tsplay vault encrypt-string`, or remove the tag.',
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
