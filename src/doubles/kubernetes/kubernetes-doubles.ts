import type { Double } from '../double.ts'
import { crictl } from './crictl.ts'
import { kubeApiserver } from './kube-apiserver.ts'
import { kubeadm } from './kubeadm.ts'
import { kubelet } from './kubelet.ts'
import { kubePods } from './pods/kube-pods.ts'

export const kubernetesDoubles: readonly Double[] = [crictl, kubeadm, kubeApiserver, kubelet, kubePods]
