import type { NodeFiles } from './cluster-node.ts'
import { NoCluster } from './kube-answer.ts'
import type { AskCluster } from './kube-client.ts'
import { at, isKubeObject, textOf } from './kube-object.ts'

/** Whether a host is a member of the cluster with a certain authority. */
export interface MemberState {
  readonly status: 'absent' | 'current' | 'down' | 'partial' | 'foreign'
  readonly missing: readonly string[]
}

interface Wanted {
  readonly name: string
  readonly hash: string | undefined
}

export async function memberState(ask: AskCluster, files: NodeFiles, wanted: Wanted): Promise<MemberState> {
  const told = await stateByFiles(files, wanted)
  if (told) return told
  if (!files.kubeletRuns) return { status: 'down', missing: ['kubelet, which does not run'] }
  try {
    return await askAbout(ask, files, wanted.name)
  } catch (error) {
    if (!(error instanceof NoCluster)) throw error
    return { status: 'down', missing: [`an API server that answers (${error.message})`] }
  }
}

/** Undefined: the files are those of a member of this cluster. */
async function stateByFiles(files: NodeFiles, { hash }: Wanted): Promise<MemberState | undefined> {
  const missing = ['/etc/kubernetes/kubelet.conf']
  const isHalfJoined = files.hasJoinRemains && !files.hasAdminConf && files.manifests === 0
  if (!files.hasKubeletConf && !isHalfJoined) return { status: 'absent', missing }
  const isOurs = hash === undefined || (await publicKeyHash(files.authority)) === hash
  if (!isOurs && (files.hasKubeletConf || files.authority !== ''))
    return { status: 'foreign', missing: ['the authority of this cluster in /etc/kubernetes/pki/ca.crt'] }
  return files.hasKubeletConf ? undefined : { status: 'partial', missing }
}

async function askAbout(ask: AskCluster, files: NodeFiles, name: string): Promise<MemberState> {
  const [answer] = await ask([{ method: 'GET', path: `/api/v1/nodes/${encodeURIComponent(name)}` }])
  if (!isKubeObject(answer?.body) || answer.body.kind !== 'Node')
    return { status: 'partial', missing: [`the node ${name} in the cluster`] }
  const machine = textOf(at(answer.body, 'status', 'nodeInfo', 'machineID'))
  if (machine === '' || machine === files.machineId) return { status: 'current', missing: [] }
  return { status: 'foreign', missing: [`a name of its own: another machine is the node ${name}`] }
}

/** What `kubeadm join` calls the hash of an authority: SHA-256 of its public key (SubjectPublicKeyInfo, DER). */
export async function publicKeyHash(pem: string): Promise<string> {
  if (pem === '') return ''
  const bytes = Uint8Array.from(atob(pem.replaceAll(/-----[^-]+-----|\s/g, '')), (letter) =>
    letter.charCodeAt(0),
  )
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', publicKeyInfo(bytes)))
  return `sha256:${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The seventh part of a v3 certificate's body (RFC 5280, 4.1). */
function publicKeyInfo(certificate: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const body = childrenOf(certificate)[0]
  const parts = body ? childrenOf(body) : []
  return parts[6] ?? new Uint8Array()
}

function childrenOf(element: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
  const children: Uint8Array<ArrayBuffer>[] = []
  const { start, end } = spanOf(element, 0)
  for (let place = start; place < end; ) {
    const next = spanOf(element, place).end
    children.push(element.slice(place, next))
    place = next
  }
  return children
}

function spanOf(bytes: Uint8Array<ArrayBuffer>, place: number): { start: number; end: number } {
  const first = bytes[place + 1] ?? 0
  if (first < 0x80) return { start: place + 2, end: place + 2 + first }
  const count = first & 0x7f
  const length = bytes.slice(place + 2, place + 2 + count).reduce((sum, byte) => sum * 256 + byte, 0)
  return { start: place + 2 + count, end: place + 2 + count + length }
}
