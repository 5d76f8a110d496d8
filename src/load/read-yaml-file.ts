import { resolve } from 'node:path'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import type { Secret } from '#model/secret.ts'
import { ageVault } from './age-vault.ts'
import { SourceReader } from './source-reader.ts'
import { ansibleVault } from './vault.ts'
import { type VaultId, VaultPasswords } from './vault-passwords.ts'

/** One YAML file that is part of no playbook. */
export interface ReadYaml {
  /** Undefined when it cannot be read; `diagnostics` say why. */
  readonly root: Node | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Its text, for carets, by the path that ranges use. */
  readonly sources: ReadonlyMap<string, string>
  readonly secrets: readonly Secret[]
}

/** Reads and decrypts one YAML file. Throws UsageError for a vault password file that does not exist. */
export async function readYamlFile(path: string, cwd: string, vault: readonly VaultId[]): Promise<ReadYaml> {
  const passwords = new VaultPasswords(vault, cwd)
  await passwords.check()
  const reader = new SourceReader(cwd, [ansibleVault(passwords), ageVault(passwords)])
  const { root } = await reader.yaml(resolve(cwd, path))
  return { root, diagnostics: reader.diagnostics, sources: reader.sources, secrets: reader.secrets }
}

/** The plain data of a tree. */
export function plainData(node: Node): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainData)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainData(value)]))
}
