import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { ModuleOutcome } from '#execute/run-module.ts'
import { bringUp } from '#lab/bring-up.ts'
import { doubleFiles } from '#lab/double-files.ts'
import { planLab } from '#lab/lab-plan.ts'
import { namedHost, simpleSpec } from '#lab/lab-spec.ts'
import { runCommand } from '#lab/run-command.ts'
import { takeDown } from '#lab/take-down.ts'
import type { ModuleDefinition } from '#sdk/module.ts'
import { type ModuleBench, openModuleBench } from './module.ts'

export interface LabBench {
  /** As root, over SSH and sudo. */
  run(module: ModuleDefinition, args: unknown, mode?: 'apply' | 'check'): Promise<ModuleOutcome>
  converge(module: ModuleDefinition, args: unknown): Promise<ModuleOutcome>
  /** What a shell of root on the host prints: the test's own eyes, which know nothing of modules. */
  look(script: string): Promise<string>
}

const root = { user: 'root', method: 'sudo' } as const

/**
 * A throwaway host with systemd for the tests of one file; call at the top of a `describe`. `packages` can be
 * installed besides those that each lab offers, and programs named by `doubles` are stood in for.
 */
export function withLabHost(
  name: string,
  packages: readonly string[] = [],
  doubles: readonly string[] = [],
): () => LabBench {
  let project = ''
  let bench: ModuleBench | undefined
  const spec = simpleSpec('modules', [namedHost(name)])
  const plan = () => planLab(project, { ...spec, doubles, packages: [...spec.packages, ...packages] })
  const configFile = (): string => join(plan().folder, 'ssh_config')

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'tsplay-lab-modules-'))
    await bringUp(plan(), {
      report: () => undefined,
      filesFor: (host, image) => doubleFiles(host, { image }),
    })
    bench = openModuleBench({
      host: name,
      connection: 'ssh',
      address: name,
      sshConfigFile: configFile(),
      connectTimeoutMs: 10_000,
      retries: 3,
    })
  })
  afterAll(async () => {
    await bench?.close()
    await takeDown(plan())
    await rm(project, { recursive: true })
  })

  return () => {
    if (!bench) throw new Error('The lab is up only while tests run.')
    const { run, converge } = bench
    return {
      run: (module, args, mode = 'apply') => run(module, args, { as: root, mode }),
      converge: (module, args) => converge(module, args, { as: root }),
      look: (script) =>
        runCommand(['ssh', '-F', configFile(), '-o', 'BatchMode=yes', name, 'sudo', 'sh'], { input: script }),
    }
  }
}
