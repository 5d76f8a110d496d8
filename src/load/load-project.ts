import { dirname, resolve } from 'node:path'
import type { Diagnostic } from '#model/diagnostic.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Secret } from '#model/secret.ts'
import type { Project, VarsFile } from '#model/syntax.ts'
import type { VarsLayer } from '#model/value.ts'
import { ageVault } from './age-vault.ts'
import { inOrder } from './diagnostic-order.ts'
import { readExtraVars } from './extra-vars.ts'
import { ProjectLoader } from './project-loader.ts'
import { readInventory } from './read-inventory.ts'
import { type FilePart, SourceReader } from './source-reader.ts'
import { ansibleVault } from './vault.ts'
import { type VaultId, VaultPasswords } from './vault-passwords.ts'

export interface LoadRequest {
  /** Paths as typed. May be empty: then there is only an inventory. */
  readonly playbooks: readonly string[]
  /** Values of `-i`, in order. */
  readonly inventories: readonly string[]
  /** Folders that hold roles, besides those beside the playbook and in the working folder. */
  readonly rolesPath?: readonly string[]
  readonly cwd: string
  readonly vault?: readonly VaultId[]
  /** `skip`: executable inventory sources are passed over, since they may take their time. */
  readonly programs?: 'run' | 'skip'
  /** Parts of files that are read as files of their own, by the absolute paths that name them. */
  readonly parts?: ReadonlyMap<string, FilePart>
}

/** What a run names only when it is reached. */
export interface Wanted {
  readonly kind: 'tasks' | 'handlers' | 'role'
  readonly name: string
  /** Absolute path of the file that names it. */
  readonly from: string
  readonly role?: string
}

export interface LoadedProject {
  readonly project: Project
  readonly inventory: Inventory
  /** Of project and inventory, by file and place. */
  readonly diagnostics: readonly Diagnostic[]
  /** Everything that was decrypted, for masking. Grows when more is read. */
  readonly secrets: readonly Secret[]
  /**
   * Reads one more task file or role, and all it names; gives the project with it. When there is none, the
   * project stays as it is.
   */
  grow(wanted: Wanted): Promise<Project>
  /** Level 22, from the values of `-e`. Throws UsageError; what is wrong in files joins `diagnostics`. */
  extraVars(given: readonly string[]): Promise<VarsLayer>
  /** What has been found wrong so far, by file and place. */
  findings(): readonly Diagnostic[]
  /** Reads a file of variables by its absolute path. Rejects with EvaluationError when it is broken. */
  varsFile(absolutePath: string): Promise<VarsFile>
  /** The plain bytes of a file that may be encrypted. Rejects with EvaluationError when it stays closed. */
  decrypt(content: Uint8Array, path: string): Promise<Uint8Array>
  /** Reads the inventory's sources again, for `refresh_inventory`. */
  refreshInventory(): Promise<{ inventory: Inventory; diagnostics: readonly Diagnostic[] }>
}

/**
 * Reads playbooks, inventories, roles and every file they name with a literal name. What is wrong becomes
 * diagnostics; UsageError is thrown only for paths of the request itself that do not exist.
 */
export async function loadProject(request: LoadRequest): Promise<LoadedProject> {
  const reader = await openReader(request)
  const loader = new ProjectLoader(reader, request.rolesPath ?? [])
  const [playbooks, inventory] = await Promise.all([
    Promise.all(request.playbooks.map((path) => loader.playbook(path))),
    readInventory(reader, inventoryRequest(request)),
  ])
  await loader.settled()
  const project = () => ({ ...loader.project(playbooks), diagnostics: inOrder(reader.diagnostics) })
  const first = project()
  return {
    project: first,
    inventory,
    diagnostics: first.diagnostics,
    secrets: reader.secrets,
    async grow({ kind, name, from, role }) {
      reader.lookAgain()
      const scene = { from, ...(role !== undefined && { role }) }
      if (kind === 'role') await loader.role(name, scene)
      else await loader.tasks(name, { ...scene, kind })
      return project()
    },
    extraVars: (given) => readExtraVars(reader, given),
    findings: () => inOrder(reader.diagnostics),
    varsFile: checkedVarsFile(reader, loader),
    decrypt: (content, path) => decrypt(reader, content, path),
    async refreshInventory() {
      const { inventory: fresh, diagnostics, secrets } = await loadInventory(request)
      reader.secrets.push(...secrets)
      return { inventory: fresh, diagnostics }
    },
  }
}

/** Reads inventories alone, with the variables beside them and beside the playbooks. */
export async function loadInventory(
  request: Pick<LoadRequest, 'playbooks' | 'inventories' | 'cwd' | 'vault' | 'programs' | 'parts'>,
): Promise<{ inventory: Inventory; diagnostics: readonly Diagnostic[]; secrets: readonly Secret[] }> {
  const reader = await openReader(request)
  const inventory = await readInventory(reader, inventoryRequest(request))
  return { inventory, diagnostics: inOrder(reader.diagnostics), secrets: reader.secrets }
}

async function openReader({
  cwd,
  vault = [],
  programs = 'run',
  parts = new Map(),
}: Pick<LoadRequest, 'cwd' | 'vault' | 'programs' | 'parts'>): Promise<SourceReader> {
  const passwords = new VaultPasswords(vault, cwd)
  await passwords.check()
  return new SourceReader(cwd, [ansibleVault(passwords), ageVault(passwords)], {
    runsPrograms: programs === 'run',
    parts,
  })
}

/** Without a playbook the working folder stands for the one that holds it, as with Ansible. */
function inventoryRequest({
  inventories,
  playbooks,
  cwd,
}: Pick<LoadRequest, 'inventories' | 'playbooks' | 'cwd'>) {
  const folders = playbooks.map((path) => dirname(resolve(cwd, path)))
  return { inventories, playbookFolders: folders.length > 0 ? folders : [cwd] }
}

/** What goes wrong with a file during a run ends the task, not the run. */
function checkedVarsFile(reader: SourceReader, loader: ProjectLoader): (path: string) => Promise<VarsFile> {
  return async (absolutePath) => {
    const file = await loader.varsFile(absolutePath)
    const error = reader.diagnostics.find(
      ({ range, severity }) => severity === 'error' && range?.file === file.path,
    )
    if (!error) return file
    throw new EvaluationError(error.message, error.range, { ...(error.remedy && { remedy: error.remedy }) })
  }
}

/** The first bytes of `$ANSIBLE_VAULT`, of armor and of a binary age file. */
const vaultBegins: ReadonlySet<number | undefined> = new Set(Buffer.from('$-a'))

async function decrypt(reader: SourceReader, content: Uint8Array, path: string): Promise<Uint8Array> {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  // Vault text begins in ASCII; only what begins like it is worth turning into text.
  const opened = vaultBegins.has(text[0]) ? await reader.open(text.toString('latin1')) : undefined
  if (!opened) return content
  if ('bytes' in opened) return opened.bytes
  const message = `The vault file "${reader.display(path)}" cannot be decrypted. ${opened.problem}`
  throw new EvaluationError(message, undefined, { remedy: opened.remedy })
}
