import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Terminal } from '#base/terminal.ts'
import { doubleNames } from '#doubles/programs.ts'
import {
  type LabSpec,
  maximumHosts,
  namedHost,
  namePattern,
  numberedHosts,
  simpleSpec,
} from '#lab/lab-spec.ts'
import type { LabSurroundings } from '#lab/read-lab-names.ts'
import { readLabSpec } from '#lab/read-lab-spec.ts'
import { parseYaml } from '#load/yaml-source.ts'
import { diagnosticsText } from '#report/diagnostics.ts'
import { createStyle } from '#report/style.ts'
import type { LabRequest, Outcome } from './requests.ts'

type UpRequest = Extract<LabRequest, { action: 'up' }>

/** Describes a project's lab when nothing else does. */
const usualFile = 'lab.yml'

/** What `lab up` was asked for; or how it ends, when that makes no lab and the terminal was told why. */
export async function labSpec(request: UpRequest, terminal: Terminal): Promise<LabSpec | Outcome> {
  const spec = await hostsOf(request, terminal)
  if ('exitReason' in spec || request.real === undefined) return spec
  const real = resolve(request.real)
  const isFolder = statSync(real, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isFolder ? { ...spec, real } : refuse(`There is no folder ${request.real}.`, terminal)
}

async function hostsOf(request: UpRequest, terminal: Terminal): Promise<LabSpec | Outcome> {
  const isOpen = request.hosts.length === 0 && request.count === undefined
  const file = request.file ?? (isOpen && existsSync(usualFile) ? usualFile : undefined)
  if (file !== undefined) return specFromFile(file, request.lab, terminal)
  const hosts = request.hosts.length > 0 ? request.hosts.map(namedHost) : numberedHosts(request.count ?? 3)
  const wrong = [request.lab, ...hosts.map(({ name }) => name)].find((name) => !namePattern.test(name))
  if (wrong !== undefined) return refuseName(wrong, terminal)
  const isTwice = new Set(request.hosts).size < request.hosts.length
  if (isTwice) return refuse('A host is named twice.', terminal)
  if (hosts.length < 1 || hosts.length > maximumHosts) {
    return refuse(`A lab has 1 to ${maximumHosts} hosts.`, terminal)
  }
  return simpleSpec(request.lab, hosts)
}

async function specFromFile(file: string, name: string, terminal: Terminal): Promise<LabSpec | Outcome> {
  if (!namePattern.test(name)) return refuseName(name, terminal)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error)
  if (text instanceof Error) return refuse(`The lab file ${file} cannot be read (${text.code}).`, terminal)
  const parsed = parseYaml(text, file)
  const read =
    parsed.diagnostics.length > 0
      ? parsed
      : readLabSpec(parsed.root, name, { find: findBeside(file), doubles: doubleNames })
  if ('spec' in read && read.spec) return read.spec
  const options = {
    sourceText: () => text,
    style: createStyle(terminal.errorColor),
    columns: terminal.columns,
  }
  terminal.stderr.write(diagnosticsText(read.diagnostics, options))
  return { exitReason: 'project' }
}

/** Finds what a lab file names, from the folder it lies in. */
export const findBeside =
  (file: string): LabSurroundings['find'] =>
  (path, kind) => {
    const found = resolve(dirname(file), path)
    const stats = statSync(found, { throwIfNoEntry: false })
    const isThere = kind === 'file' ? stats?.isFile() : stats?.isDirectory()
    return isThere ? found : undefined
  }

const refuseName = (name: string, terminal: Terminal): Outcome =>
  refuse(`"${name}" is no name for a lab or host. It needs lower-case letters, digits and dashes.`, terminal)

function refuse(message: string, terminal: Terminal): Outcome {
  terminal.notice(`error: ${message}`)
  return { exitReason: 'usage' }
}
