import { readFileSync } from 'node:fs'
import { type Answer, refuse } from '../answer.ts'
import { creating, dryRunOf, dryRunOptions, said } from './apply.ts'
import { rawAnswer } from './get.ts'
import type { KubeClient } from './kube-client.ts'
import { answerOf, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { listPath, manifestOptions, objectPath, type Wanted, wantedBy } from './manifests.ts'
import type { Found } from './print-objects.ts'
import { pathOf, resourceNamed, servedBy } from './resources.ts'

const options = {
  ...manifestOptions,
  ...dryRunOptions,
  '--raw': 'value',
  '--save-config': 'flag',
  '--force': 'flag',
} as const

/** From files, or `namespace NAME`; what is there already is an error. */
export const create: KubectlCommand = {
  options,
  async run(call) {
    const client = call.client()
    const raw = call.options.text('raw')
    if (raw !== undefined) return rawAnswer(client, { method: 'POST', path: raw, body: await rawBody(call) })
    if (call.operands.length > 0) return createNamed(call, client)
    return writeAll(call, client, {
      what: 'created',
      asked: (wanted, query) => ({
        method: 'POST',
        path: `${listPath(wanted)}?${query}`,
        body: wanted.object,
      }),
      when: creating,
    })
  },
}

export const replace: KubectlCommand = {
  options,
  async run(call) {
    const client = call.client()
    const raw = call.options.text('raw')
    if (raw !== undefined) return rawAnswer(client, { method: 'PUT', path: raw, body: await rawBody(call) })
    return writeAll(call, client, {
      what: 'replaced',
      asked: (wanted, query) => ({
        method: 'PUT',
        path: `${objectPath(wanted)}?${query}`,
        body: wanted.object,
      }),
      when: ({ source }) => `error when replacing "${source}": `,
    })
  },
}

async function rawBody({ host, options: given }: KubectlCall): Promise<unknown> {
  const [file] = given.texts('filename')
  if (file === undefined) return refuse(1, '--raw can only use a single local file or stdin')
  return JSON.parse(file === '-' ? await host.stdin() : readFileSync(file, 'utf8'))
}

interface Writing {
  readonly what: string
  readonly asked: (
    wanted: Wanted,
    query: string,
  ) => { readonly method: string; readonly path: string; readonly body: unknown }
  readonly when: (wanted: Wanted) => string
}

async function writeAll(
  call: KubectlCall,
  client: KubeClient,
  { what, asked, when }: Writing,
): Promise<Answer> {
  const how = dryRunOf(call.options)
  const manager = encodeURIComponent(
    call.options.text('field-manager') ?? `kubectl-${what === 'created' ? 'create' : 'replace'}`,
  )
  const done: (Found & { readonly what: string })[] = []
  const problems: Answer[] = []
  for (const wanted of await wantedBy(call, client)) {
    try {
      const request = asked(wanted, `fieldManager=${manager}${how.query}`)
      const object = how.kind === 'client' ? wanted.object : await client.ask(request, when(wanted))
      done.push({ resource: wanted.resource, object, what: `${what}${how.note}` })
    } catch (error) {
      problems.push(answerOf(error))
    }
  }
  return said(done, problems, call.options.text('output') ?? '')
}

async function createNamed(call: KubectlCall, client: KubeClient): Promise<Answer> {
  const [kind = '', name = ''] = call.operands
  if (!['namespace', 'ns'].includes(kind))
    refuse(
      1,
      `error: unknown command "${call.operands.join(' ')}"\nSee 'kubectl create -h' for help and examples`,
    )
  const resource = resourceNamed(await servedBy(client), 'namespaces')
  const how = dryRunOf(call.options)
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  const path = `${pathOf(resource, '')}?fieldManager=kubectl-create${how.query}`
  const object = how.kind === 'client' ? body : await client.ask({ method: 'POST', path, body })
  return said([{ resource, object, what: `created${how.note}` }], [], call.options.text('output') ?? '')
}
