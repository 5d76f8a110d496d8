import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { type Answer, lines, refuse } from '../answer.ts'
import { endContainer } from './container.ts'
import type { KubeadmCall } from './kubeadm-call.ts'

/** It does not touch CNI configuration, iptables rules or kubeconfigs of users, and says so. */
export function resetNode({ host, options }: KubeadmCall): Answer {
  if (!options.has('f')) refuse(1, 'aborted reset operation: the double of kubeadm does not ask')
  execFileSync('systemctl', ['stop', 'kubelet'])
  for (const program of ['kube-apiserver', 'kube-pods']) endContainer(host, program)
  const folders = ['/etc/kubernetes/manifests', '/etc/kubernetes/pki', '/var/lib/kubelet', '/var/lib/etcd']
  const files = [
    'admin',
    'super-admin',
    'kubelet',
    'bootstrap-kubelet',
    'controller-manager',
    'scheduler',
  ].map((name) => `/etc/kubernetes/${name}.conf`)
  for (const path of [...folders, ...files]) rmSync(host.path(path), { recursive: true, force: true })
  return {
    stdout: lines([
      '[reset] Stopping the kubelet service',
      '[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]',
      'The reset process does not clean CNI configuration. To do so, you must remove /etc/cni/net.d',
    ]),
  }
}
