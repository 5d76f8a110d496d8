import { type Answer, refuse } from '../answer.ts'
import { type Fields, isSame } from '../json.ts'
import type { Options } from '../options.ts'
import type { KubeClient } from './kube-client.ts'
import { answerOf, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { configured, lastApplied, missingNote, withLastApplied } from './last-applied.ts'
import { listPath, manifestOptions, objectPath, type Wanted, wantedBy } from './manifests.ts'
import { type Found, nameOf, printDone } from './print-objects.ts'

/** Of commands that write: how they may only pretend to. */
export const dryRunOptions = {
  '--dry-run': 'value',
  '--output -o': 'value',
  '--field-manager': 'value',
  '--validate': 'value',
} as const

export interface DryRun {
  readonly kind: 'none' | 'client' | 'server'
  /** Behind what is said to be done. */
  readonly note: string
  readonly query: string
}

export function dryRunOf(options: Options): DryRun {
  const kind = options.text('dry-run') ?? 'none'
  if (kind === 'server') return { kind, note: ' (server dry run)', query: '&dryRun=All' }
  if (kind === 'client') return { kind, note: ' (dry run)', query: '' }
  if (kind === 'none') return { kind, note: '', query: '' }
  return refuse(1, `error: Invalid dry-run value (${kind}). Must be "none", "server", or "client".`)
}

export const apply: KubectlCommand = {
  options: {
    ...manifestOptions,
    ...dryRunOptions,
    '--server-side': 'flag',
    '--force-conflicts': 'flag',
    '--wait': 'value',
    '--timeout': 'value',
  },
  async run(call) {
    const client = call.client()
    const how = dryRunOf(call.options)
    if (call.options.has('server-side') && how.kind === 'client')
      refuse(
        1,
        `error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)`,
      )
    if (call.options.has('force-conflicts') && !call.options.has('server-side'))
      refuse(1, 'error: --force-conflicts only works with --server-side')
    const done: (Found & { readonly what: string })[] = []
    const problems: Answer[] = []
    for (const wanted of await wantedBy(call, client)) {
      try {
        const { object, what, note = '' } = await applied(call, client, { wanted, how })
        done.push({ resource: wanted.resource, object, what: `${what}${how.note}` })
        if (note !== '') problems.push({ stderr: note })
      } catch (error) {
        problems.push(answerOf(error))
      }
    }
    return said(done, problems, call.options.text('output') ?? '')
  },
}

/** What worked is said even when something did not. */
export function said(
  done: readonly (Found & { readonly what: string })[],
  problems: readonly Answer[],
  output: string,
): Answer {
  const printed = done.length === 0 ? {} : printDone(done, output)
  return {
    ...printed,
    stderr: problems.map(({ stderr = '' }) => stderr).join(''),
    exit: Math.max(0, ...problems.map(({ exit = 0 }) => exit)),
  }
}

interface Applying {
  readonly wanted: Wanted
  readonly how: DryRun
}

interface Applied {
  readonly object: Fields
  readonly what: string
  readonly note?: string
}

function applied(call: KubectlCall, client: KubeClient, applying: Applying): Promise<Applied> {
  return call.options.has('server-side')
    ? serverSide(call, client, applying)
    : clientSide(call, client, applying)
}

async function serverSide(
  { options }: KubectlCall,
  client: KubeClient,
  { wanted, how }: Applying,
): Promise<Applied> {
  const manager = encodeURIComponent(options.text('field-manager') ?? 'kubectl')
  const force = options.has('force-conflicts')
  const object = await client.ask({
    method: 'PATCH',
    path: `${objectPath(wanted)}?fieldManager=${manager}&force=${force}${how.query}`,
    body: wanted.object,
    type: 'application/apply-patch+yaml',
  })
  return { object, what: 'serverside-applied' }
}

/** From what was last applied, what is there and what is wanted now: k8s.io/kubectl's pkg/cmd/apply/patcher.go. */
async function clientSide(
  { options }: KubectlCall,
  client: KubeClient,
  { wanted, how }: Applying,
): Promise<Applied> {
  const manager = `fieldManager=${encodeURIComponent(options.text('field-manager') ?? 'kubectl-client-side-apply')}`
  const object = withLastApplied(wanted.object)
  const live = await client.find(objectPath(wanted))
  if (!live) {
    if (how.kind === 'client') return { object, what: 'created' }
    const path = `${listPath(wanted)}?${manager}${how.query}`
    return {
      object: await client.ask({ method: 'POST', path, body: object }, creating(wanted)),
      what: 'created',
    }
  }
  const note =
    lastApplied(live) === undefined
      ? {
          note: missingNote(
            nameOf({ resource: { ...wanted.resource, singular: wanted.resource.name }, object: live }),
          ),
        }
      : {}
  const patch = configured(live, object)
  if (how.kind === 'client') return { object: live, what: 'configured', ...note }
  if (isSame(patch, {})) return { object: live, what: 'unchanged', ...note }
  const path = `${objectPath(wanted)}?${manager}${how.query}`
  const changed = await client.ask({
    method: 'PATCH',
    path,
    body: patch,
    type: 'application/merge-patch+json',
  })
  return { object: changed, what: 'configured', ...note }
}

export const creating = ({ source }: Wanted): string => `error when creating "${source}": `
