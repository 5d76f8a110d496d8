import type { Double } from '../double.ts'
import { kubeApiserver } from './kube-apiserver.ts'

export const kubernetesDoubles: readonly Double[] = [kubeApiserver]
