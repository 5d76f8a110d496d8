import { refuse } from '../answer.ts'
import { at, listOf, textOf, textsOf } from '../json.ts'
import type { KubeClient } from './kube-client.ts'

/** A kind that the server serves, as it says itself. */
export interface Served {
  readonly group: string
  readonly version: string
  readonly name: string
  readonly singular: string
  readonly kind: string
  readonly isNamespaced: boolean
  readonly shortNames: readonly string[]
  readonly verbs: readonly string[]
}

/** All of them, the core group first, then by the names of their groups: discovery is kubectl's first question. */
export async function servedBy(client: KubeClient): Promise<readonly Served[]> {
  const groups = listOf((await client.ask({ path: '/apis' }))['groups'])
  const versions = groups.flatMap((group) =>
    listOf(at(group, 'versions')).map((one) => `/apis/${textOf(at(one, 'groupVersion'))}`),
  )
  const lists = await Promise.all(['/api/v1', ...versions].map((path) => client.ask({ path })))
  return lists.flatMap((list) => {
    const [first = '', second] = textOf(list['groupVersion']).split('/')
    const [group, version] = second === undefined ? ['', first] : [first, second]
    return listOf(list['resources'])
      .filter((one) => !textOf(at(one, 'name')).includes('/'))
      .map(
        (one): Served => ({
          group,
          version,
          name: textOf(at(one, 'name')),
          singular: textOf(at(one, 'singularName')) || textOf(at(one, 'kind')).toLowerCase(),
          kind: textOf(at(one, 'kind')),
          isNamespaced: at(one, 'namespaced') === true,
          shortNames: textsOf(at(one, 'shortNames')),
          verbs: textsOf(at(one, 'verbs')),
        }),
      )
  })
}

/** `pods`, `pod`, `po`, `Pod`, `deployments.apps`, `deployments.v1.apps`. */
export function resourceNamed(all: readonly Served[], word: string): Served {
  const [name = '', ...place] = word.toLowerCase().split('.')
  const isPlace = ({ group, version }: Served): boolean =>
    place.length === 0 || place.join('.') === group || place.join('.') === `${version}.${group}`
  const found = all.find(
    (one) =>
      isPlace(one) && [one.name, one.singular, one.kind.toLowerCase(), ...one.shortNames].includes(name),
  )
  return found ?? refuse(1, `error: the server doesn't have a resource type "${word}"`)
}

export function resourceOfKind(all: readonly Served[], apiVersion: string, kind: string): Served | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return all.find((one) => one.group === group && one.version === version && one.kind === kind)
}

/** The path of a resource's list, or of one object. */
export function pathOf(
  { group, version, name, isNamespaced }: Served,
  namespace: string,
  object?: string,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const place = isNamespaced && namespace !== '' ? `/namespaces/${namespace}` : ''
  return `${root}${place}/${name}${object === undefined ? '' : `/${encodeURIComponent(object)}`}`
}

/** `pod`, `deployment.apps`: before the name of an object. */
export const qualified = ({ group, singular }: Served): string =>
  group === '' ? singular : `${singular}.${group}`
