import { isSame } from '#doubles/json.ts'
import { type Controller, type ControllerContext, remove, save, saveStatus } from './controller.ts'

const initial = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** Active namespaces have an account and the cluster's CA; those that end take their content with them. */
export const namespaces: Controller = (context) => {
  const { cluster } = context
  for (const name of initial) {
    if (!cluster.get('Namespace', '', name))
      save(context, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  for (const namespace of cluster.list('Namespace')) {
    const { name, deletionTimestamp } = namespace.metadata
    if (deletionTimestamp !== undefined) end(context, name)
    else {
      saveStatus(context, namespace, { phase: 'Active' })
      furnish(context, name)
    }
  }
}

function furnish(context: ControllerContext, namespace: string): void {
  const { cluster, authority } = context
  if (!cluster.get('ServiceAccount', namespace, 'default')) {
    save(context, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } })
  }
  const data = { 'ca.crt': authority.cert }
  const name = 'kube-root-ca.crt'
  if (isSame(cluster.get('ConfigMap', namespace, name)?.['data'], data)) return
  save(context, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data })
}

function end(context: ControllerContext, name: string): void {
  const { cluster } = context
  const content = cluster
    .resources()
    .filter(({ isNamespaced }) => isNamespaced)
    .flatMap(({ group, plural }) => cluster.store.under(`${group}/${plural}/${name}/`))
  const isLeft = content.length > 0
  if (!isLeft) {
    cluster.store.delete(`/namespaces//${name}`)
    return
  }
  for (const object of content) remove(context, object)
  const namespace = cluster.get('Namespace', '', name)
  if (namespace) saveStatus(context, namespace, { phase: 'Terminating' })
}
