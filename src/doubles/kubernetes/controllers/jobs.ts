import { at, fieldsOf, listOf, textOf, textsOf } from '#doubles/json.ts'
import { issueCertificate } from '#doubles/pki/x509.ts'
import { isOwnedBy, type KubeObject } from '../kube-object.ts'
import { hasCondition } from '../store.ts'
import {
  type Controller,
  type ControllerContext,
  conditionsWith,
  remove,
  save,
  saveStatus,
} from './controller.ts'
import { podFrom } from './pod-from.ts'

/** A job runs one pod; one with ttlSecondsAfterFinished: 0 is gone as soon as it has ended. */
export const jobs: Controller = (context) => {
  for (const job of context.cluster.list('Job')) {
    if (hasCondition(job, 'Complete')) expire(context, job)
    else run(context, job)
  }
}

function run(context: ControllerContext, job: KubeObject): void {
  const pods = context.cluster.list('Pod', job.metadata.namespace).filter((pod) => isOwnedBy(pod, job))
  if (pods.length === 0) {
    save(context, podFrom(job, `${job.metadata.name}-${(job.metadata.uid ?? '').slice(0, 5)}`))
    saveStatus(context, job, { startTime: context.cluster.timestamp(), active: 1 })
    return
  }
  if (!pods.some((pod) => at(pod, 'status', 'phase') === 'Succeeded')) return
  // restartPolicy: OnFailure tries again, until what is to be patched is there.
  if (!certgen(context, job)) return
  const complete = { type: 'Complete', status: 'True', reason: 'CompletionsReached' }
  saveStatus(context, job, {
    succeeded: 1,
    active: 0,
    completionTime: context.cluster.timestamp(),
    ...conditionsWith(context, job, [complete]),
  })
}

function expire(context: ControllerContext, job: KubeObject): void {
  if (at(job, 'spec', 'ttlSecondsAfterFinished') === 0) remove(context, job)
}

/** What the jobs of ingress-nginx do: kube-webhook-certgen's `create` makes a Secret, its `patch` fills caBundle. */
function certgen(context: ControllerContext, job: KubeObject): boolean {
  const [container] = listOf(at(job, 'spec', 'template', 'spec', 'containers'))
  const [command = '', ...flags] = textsOf(at(container, 'args'))
  if (!textOf(at(container, 'image')).includes('kube-webhook-certgen')) return true
  const option = (name: string): string =>
    flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''
  const namespace = job.metadata.namespace ?? ''
  if (command === 'create')
    makeSecret(context, { name: option('secret-name'), namespace, hosts: option('host').split(',') })
  if (command === 'patch') {
    const authority = textOf(
      at(context.cluster.get('Secret', namespace, option('secret-name')), 'data', 'ca'),
    )
    return fillBundle(context, option('webhook-name'), authority)
  }
  return true
}

function makeSecret(
  context: ControllerContext,
  { name, namespace, hosts }: { name: string; namespace: string; hosts: readonly string[] },
): void {
  if (context.cluster.get('Secret', namespace, name)) return
  const notBefore = context.cluster.now()
  const notAfter = new Date(notBefore.getTime() + 100 * 365 * 86_400_000)
  const authority = issueCertificate({ commonName: 'nil1', isAuthority: true, notBefore, notAfter })
  const pair = issueCertificate({ commonName: 'nil2', sans: hosts, notBefore, notAfter }, authority)
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  const data = { ca: encode(authority.cert), cert: encode(pair.cert), key: encode(pair.key) }
  save(context, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque', data })
}

function fillBundle(context: ControllerContext, name: string, caBundle: string): boolean {
  const configuration = context.cluster.get('ValidatingWebhookConfiguration', '', name)
  if (!configuration || caBundle === '') return false
  const webhooks = listOf(configuration['webhooks']).map((webhook) => ({
    ...fieldsOf(webhook),
    clientConfig: { ...fieldsOf(at(webhook, 'clientConfig')), caBundle },
  }))
  save(context, { ...configuration, webhooks })
  return true
}
