import type { Fields } from '../json.ts'
import type { Resource } from './resource-table.ts'

/** What `/openapi/v2` is given to kubectl as, which reads no JSON there. */
export const openApiProtobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** Older clients ask for it by a name that is none (kube-openapi's pkg/handler/handler.go: `mimePbDeprecated`). */
export const wantsProtobuf = (accept: string): boolean =>
  /proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/.test(accept)

const kindMark = 'x-kubernetes-group-version-kind'

/**
 * The part of the specification by which clients decide what they may ask for: each kind can be patched, and dry runs are
 * understood (kubectl's pkg/util/openapi/dryrun.go). Kinds of definitions are not in it, as before they are published.
 */
export function openApi(resources: readonly Resource[], version: string): Fields {
  const paths = resources.map((resource): [string, Fields] => [
    pathOf(resource),
    { patch: { parameters: [dryRun], [kindMark]: kindOf(resource), responses: {} } },
  ])
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(paths),
    definitions: {},
  }
}

const dryRun = { in: 'query', name: 'dryRun', type: 'string', uniqueItems: true }

const kindOf = ({ group, version, kind }: Resource): Fields => ({ group, kind, version })

function pathOf({ group, version, plural, isNamespaced }: Resource): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return `${root}${isNamespaced ? '/namespaces/{namespace}' : ''}/${plural}/{name}`
}

/**
 * The same as a message of gnostic's openapiv2/OpenAPIv2.proto; the numbers are those of its fields
 * (Document 1 swagger, 2 info, 8 paths; PathItem 8 patch; Operation 8 parameters, 13 vendor_extension).
 */
export function openApiMessage(resources: readonly Resource[], version: string): Buffer {
  const query = [field(2, dryRun.in), field(4, dryRun.name), field(6, dryRun.type)]
  // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema.
  const parameter = field(8, field(1, field(2, field(3, ...query))))
  const paths = resources.map((resource) => {
    const kind = JSON.stringify(kindOf(resource))
    const extension = field(13, field(1, kindMark), field(2, field(2, kind)))
    const item = field(2, field(8, parameter, extension))
    return field(2, field(1, pathOf(resource)), item)
  })
  const info = field(2, field(1, 'Kubernetes'), field(2, version))
  return Buffer.concat([field(1, '2.0'), info, field(8, ...paths)])
}

/** A field of protobuf with a length: a text, or messages one after the other. */
function field(number: number, ...content: readonly (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(content.map((one) => Buffer.from(one)))
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes = []
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
    if (rest <= 0x7f) return Buffer.from(bytes)
  }
}
