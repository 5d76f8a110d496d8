import type { Controller } from '../controller.ts'
import type { ReadHost } from '../host.ts'
import { TaskFailure } from '../module.ts'
import { sha256 } from '../sha256.ts'
import type { K8sArgs } from './k8s-args.ts'
import { at, fieldsOf, isFields, isKubeObject, type KubeObject, listOf } from './kube-object.ts'
import { patched } from './manifest-patch.ts'

/** The file of the host that the objects are in is not there. */
export class NoManifest extends Error {
  override readonly name = 'NoManifest'
}

/** The label that says which set an object belongs to. */
export const setLabel = 'tsplay.dev/set'

/** The objects of a task, patched and labelled. Throws NoManifest, or TaskFailure for what is no manifest. */
export async function readManifest(
  args: K8sArgs,
  { host, controller }: { host: ReadHost; controller: Omit<Controller, 'write'> },
): Promise<readonly KubeObject[]> {
  const values = await readValues(args, { host, controller })
  const objects = values.flatMap(expandLists).map((value, i) => checked(value, i))
  const unknown = (args.patches ?? []).find(
    ({ kind, name }) => !objects.some((object) => isMeant(object, { kind, name })),
  )
  if (unknown)
    throw new TaskFailure(`A patch is for ${unknown.kind} ${unknown.name}, which is not among the objects.`)
  return objects.map((object) => finished(patched(object, args.patches ?? []), args))
}

const isMeant = ({ kind, metadata }: KubeObject, wanted: { kind: string; name: string }): boolean =>
  kind === wanted.kind && metadata.name === wanted.name

async function readValues(
  args: K8sArgs,
  { host, controller }: { host: ReadHost; controller: Omit<Controller, 'write'> },
): Promise<readonly unknown[]> {
  const { definition, src, checksum } = args
  if ((definition === undefined) === (src === undefined)) {
    throw new TaskFailure('Either `definition` or `src` says what the objects are.')
  }
  if (src === undefined)
    return typeof definition === 'string' ? parse(definition, 'The definition', controller) : [definition]
  const text = args.remote_src
    ? await readRemote(host, src)
    : new TextDecoder().decode(await (await controller.file(src)).read())
  if (checksum !== undefined) await compareChecksum(text, { src, checksum })
  return parse(text, src, controller)
}

async function readRemote(host: ReadHost, path: string): Promise<string> {
  const { rc, stdout, stderr } = await host.read(['cat', path], { reads: [{ kind: 'path', name: path }] })
  if (rc === 0) return stdout
  if (/No such file/.test(stderr)) throw new NoManifest(`The host has no ${path}.`)
  throw new TaskFailure(`The host cannot read ${path}: ${stderr.trim()}`)
}

async function compareChecksum(
  text: string,
  { src, checksum }: { src: string; checksum: string },
): Promise<void> {
  const [wanted, found] = [checksum.replace(/^sha256:/, '').toLowerCase(), await sha256(text)]
  if (wanted === found) return
  throw new TaskFailure(
    `${src} is not the file that was pinned: its SHA-256 is ${found}, and ${wanted} is expected. ` +
      'Nothing was applied. Fetch it again from its source; if the new content is right, change the checksum where the version is.',
  )
}

function parse(text: string, what: string, controller: Omit<Controller, 'write'>): readonly unknown[] {
  try {
    return controller.documents(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new TaskFailure(`${what} is no YAML: ${error.message}`, {}, { cause: error })
  }
}

function expandLists(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(expandLists)
  const isList = isFields(value) && Array.isArray(value['items']) && String(value['kind']).endsWith('List')
  return isList ? listOf(value['items']).flatMap(expandLists) : [value]
}

function checked(value: unknown, index: number): KubeObject {
  if (isKubeObject(value)) return value
  throw new TaskFailure(`Object ${index + 1} has no apiVersion, kind or metadata.name.`)
}

function finished(object: KubeObject, { namespace, set, state }: K8sArgs): KubeObject {
  const place = object.metadata.namespace ?? namespace
  const labels = set === undefined || state === 'absent' ? {} : { [setLabel]: set }
  const { status: _, ...rest } = withSecretData(object)
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      ...object.metadata,
      ...(place === undefined ? {} : { namespace: place }),
      ...(set === undefined ? {} : { labels: { ...fieldsOf(at(object, 'metadata', 'labels')), ...labels } }),
    },
  }
}

/** stringData is write-only and cannot be compared: it joins data here. */
function withSecretData(object: KubeObject): KubeObject {
  const plain = Object.entries(fieldsOf(object['stringData']))
  if (object.kind !== 'Secret' || plain.length === 0) return object
  const { stringData: _, ...rest } = object
  const encoded = plain.map(([name, value]) => [name, base64(String(value))])
  const data = { ...fieldsOf(object['data']), ...Object.fromEntries(encoded) }
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata, data }
}

const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
