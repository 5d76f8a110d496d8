import { existsSync } from 'node:fs'
import { type Answer, lines, refuse } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { at, textOf } from '../json.ts'
import { applyObject, callApi, readKubeconfig } from './api-client.ts'
import type { KubeadmCall } from './kubeadm-call.ts'
import { readKubeadmConfig } from './kubeadm-config.ts'
import {
  adminConf,
  kubeletConf,
  writeCertificates,
  writeKubeconfigs,
  writeManifests,
} from './kubeadm-files.ts'
import { startKubelet, waitForServer } from './kubeadm-init.ts'

const configPath = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'

async function clusterText(host: DoubleHost): Promise<string> {
  const { body } = await callApi(readKubeconfig(host.path(adminConf)), { method: 'GET', path: configPath })
  return textOf(at(body, 'data', 'ClusterConfiguration'))
}

const minor = (version: string): number => Number(/^v1\.(\d+)/.exec(version)?.[1])

export async function upgradePlan({ host, version }: KubeadmCall): Promise<Answer> {
  const { version: present } = readKubeadmConfig(await clusterText(host), await host.name())
  return {
    stdout: lines([
      '[upgrade/config] Reading configuration from the cluster...',
      `[upgrade/versions] Cluster version: ${present}`,
      `[upgrade/versions] kubeadm version: ${version}`,
    ]),
  }
}

/** One minor at a time, and never past its own version: cmd/kubeadm/app/phases/upgrade/policy.go. */
export async function upgradeApply({ host, operands, version }: KubeadmCall): Promise<Answer> {
  const [wanted = ''] = operands
  const text = await clusterText(host)
  const present = readKubeadmConfig(text, await host.name())
  const problems = [
    minor(wanted) > minor(present.version) + 1
      ? `Specified version to upgrade to "${wanted}" is too high; kubeadm can upgrade only 1 minor version at a time`
      : '',
    minor(wanted) > minor(version)
      ? `Specified version to upgrade to "${wanted}" is at least one minor release higher than the kubeadm minor release (${minor(wanted)} > ${minor(version)}). Such an upgrade is not supported`
      : '',
  ].filter((problem) => problem !== '')
  if (problems.length > 0)
    refuse(
      1,
      `[upgrade/version] FATAL: the --version argument is invalid due to these fatal errors:\n\n\t- ${problems.join('\n\t- ')}\n\nPlease fix the misalignments highlighted above and try upgrading again`,
    )
  const config = { ...present, version: wanted, address: addressOf(host) }
  writeManifests(host, config)
  startKubelet()
  const access = await waitForServer(host)
  const data = { ClusterConfiguration: text.replace(/kubernetesVersion: .*/, `kubernetesVersion: ${wanted}`) }
  await applyObject(access, configPath, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
    data,
  })
  return { stdout: lines([`[upgrade/successful] SUCCESS! Your cluster was upgraded to "${wanted}". Enjoy!`]) }
}

export function upgradeNode({ host }: KubeadmCall): Answer {
  if (!existsSync(host.path(kubeletConf)))
    refuse(
      1,
      `error execution phase preflight: couldn't create a Kubernetes client from file "${kubeletConf}": failed to load admin kubeconfig: open ${kubeletConf}: no such file or directory`,
    )
  return { stdout: lines(['[upgrade] The configuration for this node was successfully updated!']) }
}

export async function renewCertificates({ host }: KubeadmCall): Promise<Answer> {
  const config = {
    ...readKubeadmConfig(await clusterText(host), await host.name()),
    address: addressOf(host),
  }
  const authority = writeCertificates(host, config)
  writeKubeconfigs(host, config, authority)
  return {
    stdout: lines([
      'certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself renewed',
      'Done renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.',
    ]),
  }
}

function addressOf(host: DoubleHost): string {
  const { server } = readKubeconfig(host.path(adminConf))
  return new URL(server).hostname
}
