import type { Change } from '#model/change.ts'
import { TaskFailure } from '../module.ts'
import { minorOf, type NodeFiles } from './cluster-node.ts'
import type { ControlPlaneState } from './control-plane-state.ts'
import type { MemberState } from './member-state.ts'

interface Wanted {
  readonly state: 'init' | 'join' | 'upgrade' | 'renew' | 'reset' | 'probe'
  readonly version?: string
  readonly reset_partial?: boolean
  readonly reset_foreign?: boolean
  readonly confirm?: string
}

interface Found {
  readonly name: string
  readonly files: NodeFiles
  readonly plane?: ControlPlaneState
  readonly member?: MemberState
}

/** What has to be done, step by step; a failure for what must not be done without being told to. */
export function kubeadmChanges(wanted: Wanted, found: Found): readonly Change[] | TaskFailure {
  return rules[wanted.state](wanted, found)
}

const begin: Change = { field: 'cluster', before: 'absent', after: 'set up' }
const becomeMember: Change = { field: 'member', before: 'absent', after: 'joined' }
const startKubelet: Change = { field: 'kubelet', before: 'down', after: 'running' }

type Rule = (wanted: Wanted, found: Found) => readonly Change[] | TaskFailure

const rules: Readonly<Record<Wanted['state'], Rule>> = {
  probe: () => [],

  init(wanted, { plane, files }) {
    if (plane?.status === 'current') return []
    // The API server may be down for expired certificates or a full disk: setting up again would lose the cluster.
    if (plane?.status === 'down') return [startKubelet]
    const unfit = unfitPair(wanted, files)
    if (unfit) return unfit
    if (plane?.status === 'absent') return [begin]
    if (wanted.reset_partial) return [{ field: 'remains', before: 'half set up', after: 'absent' }, begin]
    return new TaskFailure(
      `This control plane is only half set up: it lacks ${plane?.missing.join(' and ')}. Nothing was done. ` +
        'If nothing in it is needed, say `kubeadm_reset_partial: true` to reset it and begin anew; otherwise look at `journalctl -u kubelet`.',
    )
  },

  join(wanted, { member, files }) {
    if (files.kubeadm === '')
      return new TaskFailure('The host has no kubeadm: the role k8s-node installs it.')
    if (member?.status === 'current') return []
    if (member?.status === 'absent') return [becomeMember]
    if (member?.status === 'down') return [startKubelet]
    if (member?.status === 'partial' || wanted.reset_foreign)
      return [{ field: 'node', before: member?.status, after: 'absent' }, becomeMember]
    return new TaskFailure(
      `This host belongs to another cluster: it lacks ${member?.missing.join(' and ')}. Nothing was done. ` +
        'To take it out of that cluster, say `kubeadm_reset_foreign: true`.',
    )
  },

  upgrade(wanted, { plane, member, files }) {
    if (member) return upgradeMember(wanted, member, files)
    if (plane?.status !== 'current')
      return new TaskFailure(
        `Only a control plane that works is upgraded; this one lacks ${plane?.missing.join(' and ')}.`,
      )
    const present = plane.clusterVersion ?? ''
    if (present === wanted.version && files.serverVersion === wanted.version) return []
    const jump = jumpProblem(present, wanted)
    return jump ?? unfitPair(wanted, files) ?? [{ field: 'version', before: present, after: wanted.version }]
  },

  renew: (_, { plane }) =>
    plane?.status === 'absent'
      ? new TaskFailure('There is no control plane here whose certificates could be renewed.')
      : [{ field: 'certificates', before: 'as they are', after: 'renewed' }],

  reset(wanted, { name, plane, member }) {
    const isThere = [plane?.status, member?.status].some(
      (status) => status !== undefined && status !== 'absent',
    )
    if (!isThere) return []
    if (wanted.confirm === name) return [{ field: 'node', before: 'part of a cluster', after: 'absent' }]
    return new TaskFailure(
      `Resetting ${name} loses everything of the cluster on it. If that is meant, say \`confirm: ${name}\`.`,
    )
  },
}

/** Each of its configuration is rewritten by the new kubeadm; a kubelet of the new version shows that it was done. */
function upgradeMember(
  wanted: Wanted,
  member: MemberState,
  files: NodeFiles,
): readonly Change[] | TaskFailure {
  if (member.status !== 'current')
    return new TaskFailure(
      `Only a member that works is upgraded; this host lacks ${member.missing.join(' and ')}.`,
    )
  if (files.kubelet === wanted.version) return []
  return (
    unfitPair(wanted, files) ?? [{ field: 'configuration', before: files.kubelet, after: wanted.version }]
  )
}

function jumpProblem(present: string, { version = '' }: Wanted): TaskFailure | undefined {
  const [from, to] = [minorOf(present), minorOf(version)]
  if (to === from || to === from + 1) return undefined
  const step =
    to > from ? `Upgrade to 1.${from + 1} first: one minor version at a time.` : 'Kubernetes cannot go back.'
  return new TaskFailure(`A cluster of ${present} cannot become ${version}. ${step}`)
}

/** https://kubernetes.io/releases/version-skew-policy/: kubeadm sets up its own minor version. */
function unfitPair({ version = '' }: Wanted, { kubeadm, kubelet }: NodeFiles): TaskFailure | undefined {
  if (kubeadm === '') return new TaskFailure('The host has no kubeadm: the role k8s-node installs it.')
  if (minorOf(kubeadm) !== minorOf(version)) {
    return new TaskFailure(
      `kubeadm ${kubeadm} does not fit Kubernetes ${version}: install kubeadm of 1.${minorOf(version)}. Nothing was done.`,
    )
  }
  const lag = minorOf(version) - minorOf(kubelet)
  if (lag >= 0 && lag <= 3) return undefined
  return new TaskFailure(
    `kubelet ${kubelet || '(none)'} does not fit Kubernetes ${version}: it may be up to three minor versions older, and not newer. Nothing was done.`,
  )
}
