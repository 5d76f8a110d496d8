import type { ReadHost } from '../host.ts'
import { sh } from '../quote.ts'

/** What a host has of a cluster, as its files say. */
export interface NodeFiles {
  readonly hasAdminConf: boolean
  readonly hasKubeletConf: boolean
  /**
   * What `kubeadm join` writes before the cluster has answered is there (cmd/kubeadm/app/cmd/phases/join/kubelet.go), and
   * nothing that only control planes have: the authority's key, data of etcd. The next join refuses to begin beside it.
   */
  readonly hasJoinRemains: boolean
  /** Of etcd, the API server, the controller manager and the scheduler. */
  readonly manifests: number
  /** False when systemd says that it does not: the static pods and the API may answer all the same, for a while. */
  readonly kubeletRuns: boolean
  /** As `v1.28.15`; empty when kubeadm is not there. */
  readonly kubeadm: string
  readonly kubelet: string
  readonly machineId: string
  readonly hostName: string
  /** Of the authority that the host believes, as PEM. */
  readonly authority: string
  /** The version that the API server's static pod runs. */
  readonly serverVersion: string
}

const script = sh`f() { [ -s "$1" ] && echo yes || echo no; }
f /etc/kubernetes/admin.conf; f /etc/kubernetes/kubelet.conf
(cd /etc/kubernetes 2>/dev/null && [ ! -e pki/ca.key ] && [ ! -e /var/lib/etcd/member ] && { [ -e bootstrap-kubelet.conf ] || [ -e pki/ca.crt ]; } && echo yes || echo no)
n=0; for c in etcd kube-apiserver kube-controller-manager kube-scheduler; do [ ! -s "/etc/kubernetes/manifests/$c.yaml" ] || n=$((n + 1)); done; echo $n
s=$(systemctl is-active kubelet 2>/dev/null); echo "$s"
kubeadm version -o short 2>/dev/null || echo
{ kubelet --version 2>/dev/null || echo; } | sed 's/^Kubernetes //'
l() { printf '%s\\n' "$(cat "$1" 2>/dev/null)"; }
l /etc/machine-id
l /etc/hostname
sed -n 's/^ *image: .*kube-apiserver:\\(v[0-9.]*\\).*/\\1/p' /etc/kubernetes/manifests/kube-apiserver.yaml 2>/dev/null | head -n 1; echo
cat /etc/kubernetes/pki/ca.crt 2>/dev/null; :`

export async function readNodeFiles(host: ReadHost): Promise<NodeFiles> {
  const reads = [
    { kind: 'path', name: '/etc/kubernetes' },
    { kind: 'package' },
    { kind: 'kubernetes' },
    { kind: 'unit', name: 'kubelet.service' },
  ] as const
  const { stdout } = await host.read(script, { reads })
  const lines = stdout.split('\n')
  const [
    admin,
    kubelet,
    remains,
    manifests,
    unit,
    kubeadm = '',
    kubeletVersion = '',
    machineId = '',
    hostName = '',
    serverVersion = '',
  ] = lines
  return {
    hasAdminConf: admin === 'yes',
    hasKubeletConf: kubelet === 'yes',
    hasJoinRemains: remains === 'yes',
    manifests: Number(manifests),
    kubeletRuns: unit !== 'inactive' && unit !== 'failed',
    kubeadm: kubeadm.trim(),
    kubelet: kubeletVersion.trim(),
    machineId: machineId.trim(),
    hostName: hostName.trim().split('.')[0] ?? '',
    serverVersion: serverVersion.trim(),
    authority: /-----BEGIN CERTIFICATE-----[\s\S]*/.exec(stdout)?.[0].trim() ?? '',
  }
}

/** `v1.28.15` is 28. */
export const minorOf = (version: string): number => Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN)
