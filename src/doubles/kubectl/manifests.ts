import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { refuse } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { at, isFields, listOf, textOf } from '../json.ts'
import { isKubeObject, type KubeObject } from '../kubernetes/kube-object.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubectlCall } from './kubectl-call.ts'
import { pathOf, resourceOfKind, type Served, servedBy } from './resources.ts'

/** An object of a manifest, and where it belongs. */
export interface Wanted {
  readonly object: KubeObject
  readonly resource: Served
  readonly namespace: string
  /** As the command line names it, for messages. */
  readonly source: string
}

export const manifestOptions = { '--filename -f': 'values', '--recursive -R': 'flag' } as const

/** The path of the list it belongs into. */
export const listPath = ({ resource, namespace }: Wanted): string => pathOf(resource, namespace)
export const objectPath = ({ resource, namespace, object }: Wanted): string =>
  pathOf(resource, namespace, object.metadata.name)

/** All objects of the files, folders and standard input that `-f` names, in their order. */
export async function wantedBy(call: KubectlCall, client: KubeClient): Promise<readonly Wanted[]> {
  const files = call.options.texts('filename')
  if (files.length === 0) refuse(1, 'error: must specify one of -f and -k')
  const all = await servedBy(client)
  const wanted: Wanted[] = []
  for (const file of files)
    for (const { source, text } of await textsIn(call.host, file))
      for (const object of objectsIn(text, source)) wanted.push(placed(object, { all, call, source }))
  if (wanted.length === 0) refuse(1, 'error: no objects passed to apply')
  return wanted
}

interface Text {
  readonly source: string
  readonly text: string
}

async function textsIn(host: DoubleHost, file: string): Promise<readonly Text[]> {
  if (file === '-') return [{ source: 'STDIN', text: await host.stdin() }]
  if (!existsSync(file)) refuse(1, `error: the path "${file}" does not exist`)
  if (!statSync(file).isDirectory()) return [{ source: file, text: readFileSync(file, 'utf8') }]
  return readdirSync(file)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .toSorted()
    .map((name) => ({ source: join(file, name), text: readFileSync(join(file, name), 'utf8') }))
}

function objectsIn(text: string, source: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document): readonly KubeObject[] => {
    const [problem] = document.errors
    if (problem) refuse(1, `error: error parsing ${source}: ${problem.message.split('\n')[0] ?? ''}`)
    const value: unknown = document.toJS()
    if (value === null || value === undefined) return []
    const members =
      isFields(value) && textOf(value['kind']).endsWith('List') ? listOf(value['items']) : [value]
    return members.map((one) => {
      if (isKubeObject(one)) return one
      for (const field of ['apiVersion', 'kind'])
        if (textOf(at(one, field)) === '')
          refuse(
            1,
            `error: error validating "${source}": error validating data: ${field} not set; if you choose to ignore these errors, turn validation off with --validate=false`,
          )
      return refuse(
        1,
        `error: error when retrieving current configuration of:\n"${source}": resource name may not be empty`,
      )
    })
  })
}

interface Placing {
  readonly all: readonly Served[]
  readonly call: KubectlCall
  readonly source: string
}

function placed(object: KubeObject, { all, call, source }: Placing): Wanted {
  const { apiVersion, kind, metadata } = object
  const resource = resourceOfKind(all, apiVersion, kind)
  if (!resource)
    return refuse(
      1,
      `error: resource mapping not found for name: "${metadata.name}" namespace: "${metadata.namespace ?? ''}" from "${source}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    )
  if (!resource.isNamespaced) return { object, resource, namespace: '', source }
  const asked = call.options.text('namespace')
  const own = metadata.namespace
  if (asked !== undefined && own !== undefined && own !== asked)
    refuse(
      1,
      `the namespace from the provided object "${own}" does not match the namespace "${asked}". You must pass '--namespace=${own}' to perform this operation.`,
    )
  const namespace = own ?? call.namespace
  return { object: { ...object, metadata: { ...metadata, namespace } }, resource, namespace, source }
}
