import { compileGrowing } from '#compile/compile-growing.ts'
import type { Grow } from '#compile/compile-request.ts'
import { modulesUsed } from '#compile/modules-used.ts'
import { setYamlCodec } from '#lang/yaml-codec.ts'
import { type LoadedProject, loadProject } from '#load/load-project.ts'
import type { FilePart } from '#load/source-reader.ts'
import { yamlCodec } from '#load/yaml-codec.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Program } from '#model/program.ts'
import type { Secret } from '#model/secret.ts'
import type { Project } from '#model/syntax.ts'
import { inventoriesOf } from './inventories-of.ts'
import { ModuleCatalogue } from './module-catalogue.ts'
import type { HostSelection, VariableSources } from './requests.ts'

export interface OpenRequest {
  readonly playbooks: readonly string[]
  readonly hosts: HostSelection
  readonly variables: VariableSources
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly startAtTask?: string
  /** Parts of files that are read as playbooks or inventories of their own, by the absolute paths that name them. */
  readonly parts?: ReadonlyMap<string, FilePart>
  /** Puts playbooks that stand in no file into the project. */
  readonly amend?: (project: Project) => Project
}

/** A project read and compiled; `program` is missing when anything in it is an error. */
export interface OpenProject {
  readonly project: Project
  readonly inventory: Inventory
  readonly program?: Program
  readonly diagnostics: readonly Diagnostic[]
  readonly secrets: readonly Secret[]
  readonly catalogue: ModuleCatalogue
  readonly loaded: LoadedProject
}

/** Reads everything, loads the modules it uses, and compiles. Throws UsageError for paths that do not exist. */
export async function openProject(request: OpenRequest): Promise<OpenProject> {
  setYamlCodec(yamlCodec)
  const loaded = await loadProject({
    playbooks: request.playbooks,
    inventories: inventoriesOf(request.hosts),
    cwd: process.cwd(),
    vault: request.variables.vaultIds,
    ...(request.parts && { parts: request.parts }),
  })
  const project = request.amend ? request.amend(loaded.project) : loaded.project
  const extraVars = await loaded.extraVars(request.variables.extraVars)
  const catalogue = new ModuleCatalogue()
  await loadModules(catalogue, project)
  const { program, diagnostics } = await compileGrowing({
    project: { ...project, diagnostics: loaded.findings() },
    inventory: loaded.inventory,
    catalogue,
    request: {
      extraVars,
      tags: request.tags ?? [],
      skipTags: request.skipTags ?? [],
      startAt: request.startAtTask === undefined ? [] : [request.startAtTask],
      unknownHosts: request.hosts.unknownHosts,
      grow: growing(loaded, catalogue),
    },
  })
  const { inventory, secrets } = loaded
  return { project, inventory, diagnostics, secrets, catalogue, loaded, ...(program ? { program } : {}) }
}

async function loadModules(catalogue: ModuleCatalogue, project: Project): Promise<void> {
  catalogue.addFiles([...project.roles.values()].flatMap((role) => role.modules))
  await catalogue.load(modulesUsed(project))
}

function growing(loaded: LoadedProject, catalogue: ModuleCatalogue): Grow {
  return async (_, wanted) => {
    const project = await loaded.grow(wanted)
    await loadModules(catalogue, project)
    return { project, catalogue }
  }
}
