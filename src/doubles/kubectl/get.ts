import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, fieldsOf, isFields, listOf, textOf } from '../json.ts'
import type { Options } from '../options.ts'
import { jsonPath } from './json-path.ts'
import { type KubeClient, refusalOf } from './kube-client.ts'
import { answerOf, joined, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { type Found, isTable, printObjects } from './print-objects.ts'
import { printTables, type TablePart } from './print-table.ts'
import { pathOf } from './resources.ts'
import { type Target, type Targets, targetsOf } from './targets.ts'

export const get: KubectlCommand = {
  options: {
    '--output -o': 'value',
    '--all-namespaces -A': 'flag',
    '--selector -l': 'value',
    '--field-selector': 'value',
    '--no-headers': 'flag',
    '--show-labels': 'flag',
    '--show-managed-fields': 'flag',
    '--show-kind': 'flag',
    '--ignore-not-found': 'flag',
    '--sort-by': 'value',
    '--raw': 'value',
  },
  async run(call) {
    const client = call.client()
    const raw = call.options.text('raw')
    if (raw !== undefined) return rawAnswer(client, { method: 'GET', path: raw })
    if (call.operands.length === 0) refuse(1, nothingAsked)
    const targets = await targetsOf(client, call.operands)
    return isTable(call.options.text('output') ?? '')
      ? getTables(call, client, targets)
      : getObjects(call, client, targets)
  },
}

const nothingAsked = `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.

error: Required resource not specified.
Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
See 'kubectl get -h' for help and examples`

/** The server's own text, as it is. */
export async function rawAnswer(
  client: KubeClient,
  asked: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<Answer> {
  const { code, body, text } = await client.answerTo(asked)
  if (code >= 400) throw refusalOf({ code, body })
  return { stdout: text }
}

/** The path that a target is read from, with what narrows it down. */
function placeOf({ resource, name }: Target, { options, namespace }: KubectlCall): string {
  const place = options.has('all-namespaces') ? '' : namespace
  return `${pathOf(resource, place, name)}${name === undefined ? selection(options) : ''}`
}

/** `?labelSelector=…&fieldSelector=…`. */
export function selection(options: Options): string {
  const given = [
    ['labelSelector', options.text('selector')],
    ['fieldSelector', options.text('field-selector')],
  ].filter((one): one is [string, string] => one[1] !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

async function getTables(
  call: KubectlCall,
  client: KubeClient,
  { targets, isMixed }: Targets,
): Promise<Answer> {
  const { options } = call
  const parts: TablePart[] = []
  const problems: Answer[] = []
  for (const target of targets) {
    try {
      const table = await readTarget(call, client, { target, accept: asTable })
      if (table) parts.push({ resource: target.resource, table })
    } catch (error) {
      problems.push(answerOf(error))
    }
  }
  const stdout = printTables(sortedBy(parts, options), {
    isWide: options.text('output') === 'wide',
    hasHeaders: !options.has('no-headers'),
    hasKind: isMixed || options.has('show-kind'),
    hasNamespace: options.has('all-namespaces'),
    hasLabels: options.has('show-labels'),
  })
  const isNothing = stdout === '' && problems.length === 0 && !options.has('ignore-not-found')
  return joined([
    { stdout, ...(isNothing ? { stderr: `${nothingFound(call, targets)}\n` } : {}) },
    ...problems,
  ])
}

function sortedBy(parts: readonly TablePart[], options: Options): readonly TablePart[] {
  const path = options.text('sort-by')
  if (path === undefined) return parts
  const key = (row: unknown): string => jsonPath(path, at(row, 'object'))
  return parts.map(({ resource, table }) => {
    const rows = listOf(table['rows']).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    return { resource, table: { ...table, rows } }
  })
}

const nothingFound = ({ options, namespace }: KubectlCall, targets: readonly Target[]): string =>
  options.has('all-namespaces') || targets.some(({ resource }) => !resource.isNamespaced)
    ? 'No resources found'
    : `No resources found in ${namespace} namespace.`

/** Undefined for what is not there and need not be. */
async function readTarget(
  call: KubectlCall,
  client: KubeClient,
  { target, accept }: { readonly target: Target; readonly accept?: string },
): Promise<Fields | undefined> {
  const asked = { path: placeOf(target, call), ...(accept === undefined ? {} : { accept }) }
  const answer = await client.answerTo(asked)
  if (answer.code === 404 && call.options.has('ignore-not-found')) return undefined
  if (answer.code >= 400) throw refusalOf(answer)
  return answer.body
}

async function getObjects(call: KubectlCall, client: KubeClient, { targets }: Targets): Promise<Answer> {
  const output = call.options.text('output') ?? ''
  const found: Found[] = []
  const problems: Answer[] = []
  for (const target of targets) {
    try {
      found.push(...(await objectsAt(call, client, target)))
    } catch (error) {
      problems.push(answerOf(error))
    }
  }
  const isSingle = targets.length === 1 && targets[0]?.name !== undefined
  const hasNone = found.length === 0 && (isSingle || problems.length > 0 || output === 'name')
  const showManagedFields = call.options.has('show-managed-fields')
  const sort = call.options.text('sort-by')
  const inOrder =
    sort === undefined
      ? found
      : found.toSorted((a, b) => (jsonPath(sort, a.object) < jsonPath(sort, b.object) ? -1 : 1))
  return joined([hasNone ? {} : printObjects(inOrder, { output, isSingle, showManagedFields }), ...problems])
}

/** Items of a list do not say what they are. */
async function objectsAt(call: KubectlCall, client: KubeClient, target: Target): Promise<readonly Found[]> {
  const { resource } = target
  const body = await readTarget(call, client, { target })
  if (!body) return []
  if (target.name !== undefined) return [{ resource, object: body }]
  const apiVersion = textOf(body['apiVersion'])
  return listOf(body['items'])
    .filter(isFields)
    .map((item) => ({ resource, object: { apiVersion, kind: resource.kind, ...fieldsOf(item) } }))
}
