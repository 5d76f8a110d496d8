import type { KeyPair } from '#doubles/pki/x509.ts'
import type { Cluster } from '../cluster.ts'
import { apiServices } from './api-services.ts'
import { certManager } from './cert-manager/cert-manager.ts'
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
import { Later } from './later.ts'
import { loadBalancers } from './load-balancers.ts'
import { namespaces } from './namespaces.ts'
import { nodeLifecycle } from './nodes.ts'
import { replicaSets } from './replica-sets.ts'
import { schedule } from './scheduler.ts'
import { webhookAuthorities } from './webhook-authorities.ts'

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
  webhookAuthorities,
  loadBalancers,
  ingressAddresses,
  certManager,
  budgets,
  autoscale,
  collectGarbage,
]

const mostRounds = 50
/** When a controller that failed, or did not come to an end, looks again. */
const retryMs = 1000
/** cert-manager begins with 5 s, and with an hour for certificates. */
const backOffMs = 2000

interface Running {
  stop(): void
}

/** Lets the controllers look after every change, and whenever one asked for it. */
export function startControllers(
  cluster: Cluster,
  authority: KeyPair,
  running: readonly Controller[] = controllers,
): Running {
  let pending: NodeJS.Immediate | undefined
  const wake = (): void => {
    pending ??= setImmediate(() => {
      pending = undefined
      settle(context, running)
    })
  }
  const later = new Later(wake, cluster.options.backOffMs ?? backOffMs)
  const context: ControllerContext = {
    cluster,
    authority,
    again: (milliseconds) => later.again(milliseconds),
    background: (name, work) => later.background(name, work),
  }
  const stopListening = cluster.store.listen(wake)
  wake()
  return {
    stop() {
      stopListening()
      clearImmediate(pending)
      later.stop()
    },
  }
}

function settle(context: ControllerContext, running: readonly Controller[]): void {
  for (let round = 0; round < mostRounds; round += 1) {
    const before = context.cluster.store.revision
    for (const controller of running) look(context, controller)
    if (context.cluster.store.revision === before) return
  }
  report('The controllers do not come to rest.')
  context.again(retryMs)
}

/** One object that a controller cannot cope with stops neither the server nor the others, as client-go's queues have it. */
function look(context: ControllerContext, controller: Controller): void {
  try {
    controller(context)
  } catch (error) {
    report(error instanceof Error ? (error.stack ?? error.message) : String(error))
    context.again(retryMs)
  }
}

const report = (problem: string): boolean => process.stderr.write(`E controllers: ${problem}\n`)
