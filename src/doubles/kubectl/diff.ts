import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, fieldsOf, numberOf, textOf } from '../json.ts'
import type { KubeClient } from './kube-client.ts'
import type { KubectlCall, KubectlCommand } from './kubectl-call.ts'
import { configured, withLastApplied } from './last-applied.ts'
import { listPath, manifestOptions, objectPath, type Wanted, wantedBy } from './manifests.ts'
import { withoutManagedFields } from './print-objects.ts'
import { yamlText } from './print-text.ts'

/** Exits with 1 for a difference, and with more for an error, as diff(1) does, which it calls. */
export const diff: KubectlCommand = {
  options: {
    ...manifestOptions,
    '--server-side': 'flag',
    '--force-conflicts': 'flag',
    '--field-manager': 'value',
    '--show-managed-fields': 'flag',
  },
  async run(call) {
    const client = call.client()
    const [live, merged] = ['LIVE-', 'MERGED-'].map((prefix) => mkdtempSync(join(tmpdir(), prefix)))
    try {
      for (const wanted of await wantedBy(call, client)) {
        const file = fileName(wanted)
        const present = await client.find(objectPath(wanted))
        const after = await merge(call, client, { wanted, present })
        if (present) writeObject(live, file, present)
        writeObject(merged, file, after)
      }
      return differences(live ?? '', merged ?? '')
    } finally {
      for (const folder of [live, merged]) if (folder !== undefined) rmSync(folder, { recursive: true })
    }
  },
}

function fileName({ resource: { group, version, kind }, namespace, object }: Wanted): string {
  const parts = [group, version, kind, namespace, object.metadata.name]
  return parts.filter((part, index) => index > 0 || part !== '').join('.')
}

/** Without what differs anyway. */
function writeObject(folder: string | undefined, file: string, object: Fields): void {
  const { metadata, ...rest } = withoutManagedFields(object)
  const { resourceVersion: _, ...about } = fieldsOf(metadata)
  writeFileSync(join(folder ?? '', file), yamlText({ ...rest, metadata: about }))
}

interface Merging {
  readonly wanted: Wanted
  readonly present: Awaited<ReturnType<KubeClient['find']>>
}

/** What the server would make of it. */
async function merge(
  { options }: KubectlCall,
  client: KubeClient,
  { wanted, present }: Merging,
): Promise<Fields> {
  if (options.has('server-side')) {
    const manager = encodeURIComponent(options.text('field-manager') ?? 'kubectl')
    const query = `fieldManager=${manager}&force=${options.has('force-conflicts')}&dryRun=All`
    const path = `${objectPath(wanted)}?${query}`
    return client.ask({ method: 'PATCH', path, body: wanted.object, type: 'application/apply-patch+yaml' })
  }
  const query = 'fieldManager=kubectl-client-side-apply&dryRun=All'
  if (!present)
    return client.ask({ method: 'POST', path: `${listPath(wanted)}?${query}`, body: wanted.object })
  const patch = configured(present, withLastApplied(wanted.object))
  // What was applied last is none of the differences that are shown.
  const annotations = at(present, 'metadata', 'annotations')
  const type = 'application/merge-patch+json'
  const merged = await client.ask({
    method: 'PATCH',
    path: `${objectPath(wanted)}?${query}`,
    body: patch,
    type,
  })
  return annotations === undefined
    ? merged
    : { ...merged, metadata: { ...fieldsOf(merged['metadata']), annotations } }
}

function differences(live: string, merged: string): Answer {
  try {
    execFileSync('diff', ['-u', '-N', live, merged], { stdio: ['ignore', 'pipe', 'pipe'] })
    return {}
  } catch (error) {
    const { status, stdout, stderr } = Object(error)
    if (numberOf(status, 2) === 1) return { stdout: String(stdout), exit: 1 }
    return refuse(2, `error: failed to run "diff": ${textOf(String(stderr ?? '')) || String(error)}`)
  }
}
