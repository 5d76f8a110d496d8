import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { defaultPackages, defaultSuite, type LabSpec } from '#lab/lab-spec.ts'
import { readLabSpec } from '#lab/read-lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'
import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import type { Scenario } from '#scenario/scenario.ts'

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
  if (lab.kind !== 'scalar') return specOf(lab)
  const path = resolve(dirname(file), String(lab.value))
  const display = relative(process.cwd(), path)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) {
    const message = `There is no lab file "${display}".`
    return { diagnostics: [{ code: 'file-missing', severity: 'error', message, range: lab.range }] }
  }
  const { root, diagnostics } = parseYaml(text, display)
  return { ...(diagnostics.length > 0 ? { diagnostics } : specOf(root)), source: [display, text] }
}

function specOf(root: Node | undefined): ReadLab {
  const { spec, diagnostics } = readLabSpec(root, 'test')
  return { diagnostics, ...(spec && { spec }) }
}
