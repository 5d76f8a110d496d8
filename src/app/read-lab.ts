import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { nearest } from '#base/did-you-mean.ts'
import { doubleNames } from '#doubles/programs.ts'
import { defaultPackages, defaultSuite, type LabSpec, type Suite, suites } from '#lab/lab-spec.ts'
import { readLabSpec } from '#lab/read-lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import { UsageError } from '#model/usage-error.ts'
import type { Scenario } from '#scenario/scenario.ts'
import { findBeside } from './lab-spec.ts'

/** What a scenario without `lab` runs on. */
const oneHost: LabSpec = {
  name: 'test',
  suite: defaultSuite,
  hosts: [{ name: 'host1', groups: [] }],
  packages: defaultPackages,
}

export interface ReadLab {
  readonly spec?: LabSpec
  readonly diagnostics: readonly Diagnostic[]
  /** The text of the lab's own file, for carets. */
  readonly source?: readonly [string, string]
}

/** The lab of a scenario: written into it, in a file that it names, or one host. */
export async function readLab({ lab, file }: Scenario): Promise<ReadLab> {
  if (!lab) return { spec: oneHost, diagnostics: [] }
  if (lab.kind !== 'scalar') return specOf(lab, file)
  const path = resolve(dirname(file), String(lab.value))
  const display = relative(process.cwd(), path)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) {
    const message = `There is no lab file "${display}".`
    return { diagnostics: [{ code: 'file-missing', severity: 'error', message, range: lab.range }] }
  }
  const { root, diagnostics } = parseYaml(text, display)
  return { ...(diagnostics.length > 0 ? { diagnostics } : specOf(root, path)), source: [display, text] }
}

/** What a lab names begins at the file it stands in. */
function specOf(root: Node | undefined, file: string): ReadLab {
  const { spec, diagnostics } = readLabSpec(root, 'test', {
    find: findBeside(file),
    doubles: doubleNames,
  })
  return { diagnostics, ...(spec && { spec }) }
}

/** Releases as a command line or a scenario names them. Throws UsageError for those that no lab can have. */
export function knownSuites(names: readonly string[]): readonly Suite[] {
  return names.map((name) => {
    const suite = suites.find((each) => each === name)
    if (suite) return suite
    const near = nearest(name, suites)
    const remedy = near ? `Did you mean "${near}"?` : `There are ${suites.join(', ')}.`
    throw new UsageError(`There is no Debian release "${name}" for a lab.`, { remedy })
  })
}
