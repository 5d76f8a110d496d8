import type { Cluster } from '../cluster.ts'
import type { KeyPair } from '../x509.ts'
import { apiServices } from './api-services.ts'
import { certManager } from './cert-manager.ts'
import { approveAndSign } from './certificate-requests.ts'
import type { Controller, ControllerContext } from './controller.ts'
import { establishCrds } from './crds.ts'
import { daemonSets } from './daemon-sets.ts'
import { deployments } from './deployments.ts'
import { autoscale, budgets } from './disruption.ts'
import { endpoints } from './endpoints.ts'
import { collectGarbage } from './garbage.ts'
import { hollowKubelet } from './hollow-kubelet.ts'
import { ingressAddresses } from './ingress.ts'
import { jobs } from './jobs.ts'
import { loadBalancers } from './load-balancers.ts'
import { namespaces } from './namespaces.ts'
import { nodeLifecycle } from './nodes.ts'
import { replicaSets } from './replica-sets.ts'
import { schedule } from './scheduler.ts'

/** Each feeds the ones below it, so that one round usually does. */
const controllers: readonly Controller[] = [
  establishCrds,
  namespaces,
  nodeLifecycle,
  approveAndSign,
  deployments,
  replicaSets,
  daemonSets,
  jobs,
  schedule,
  hollowKubelet,
  endpoints,
  apiServices,
  loadBalancers,
  ingressAddresses,
  certManager,
  budgets,
  autoscale,
  collectGarbage,
]

const mostRounds = 50

/** Lets the controllers look after every change, and whenever one asked for it. */
export function startControllers(cluster: Cluster, authority: KeyPair): { stop(): void } {
  const timers = new Set<NodeJS.Timeout>()
  let pending: NodeJS.Immediate | undefined
  const wake = (): void => {
    pending ??= setImmediate(() => {
      pending = undefined
      settle(context)
    })
  }
  const context: ControllerContext = {
    cluster,
    authority,
    again(milliseconds) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        wake()
      }, milliseconds)
      timers.add(timer)
    },
  }
  const stopListening = cluster.store.listen(wake)
  wake()
  return {
    stop() {
      stopListening()
      clearImmediate(pending)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function settle(context: ControllerContext): void {
  for (let round = 0; round < mostRounds; round += 1) {
    const before = context.cluster.store.revision
    for (const controller of controllers) controller(context)
    if (context.cluster.store.revision === before) return
  }
  throw new Error('The controllers of the API server double do not come to rest.')
}
