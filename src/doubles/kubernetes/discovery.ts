import type { Fields } from '../json.ts'
import type { Resource } from './resource-table.ts'

/** The answers about what a server serves; undefined for any other path. */
export function discover(path: string, resources: readonly Resource[], version: string): Fields | undefined {
  if (path === '/version') return versionInfo(version)
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(resources) }
  const oneGroup = /^\/apis\/([^/]+)$/.exec(path)
  if (oneGroup) {
    const group = groupsOf(resources).find(({ name }) => name === oneGroup[1])
    return group && { kind: 'APIGroup', apiVersion: 'v1', ...group }
  }
  const [, core, group = '', groupVersion] = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))$/.exec(path) ?? []
  const wanted = core ?? groupVersion
  if (wanted === undefined) return undefined
  const served = resources.filter((one) => one.group === group && one.version === wanted)
  if (served.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? wanted : `${group}/${wanted}`,
    resources: served.flatMap(entriesOf),
  }
}

function groupsOf(resources: readonly Resource[]): readonly Fields[] {
  const groups = Map.groupBy(
    resources.filter(({ group }) => group !== ''),
    ({ group }) => group,
  )
  return [...groups].map(([name, members]) => {
    const versions = [...new Set(members.map(({ version }) => version))].map((version) => ({
      groupVersion: `${name}/${version}`,
      version,
    }))
    return { name, versions, preferredVersion: versions[0] }
  })
}

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** By this kubectl knows that a drain may evict instead of delete. */
const eviction = {
  name: 'pods/eviction',
  singularName: '',
  namespaced: true,
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  verbs: ['create'],
}

function entriesOf({
  plural,
  singular,
  isNamespaced,
  kind,
  hasStatus,
  shortNames,
}: Resource): readonly Fields[] {
  const entry = { name: plural, singularName: singular, namespaced: isNamespaced, kind, verbs }
  const status = {
    name: `${plural}/status`,
    singularName: '',
    namespaced: isNamespaced,
    kind,
    verbs: ['get', 'patch', 'update'],
  }
  return [
    { ...entry, ...(shortNames.length > 0 ? { shortNames } : {}) },
    ...(hasStatus ? [status] : []),
    ...(kind === 'Pod' ? [eviction] : []),
  ]
}

function versionInfo(gitVersion: string): Fields {
  const [, major = '1', minor = '28'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return { major, minor, gitVersion, gitTreeState: 'clean', compiler: 'gc', platform: 'linux/amd64' }
}
