import { type Answer, lines, Refusal } from '../answer.ts'
import type { Double } from '../double.ts'
import { Options, type OptionTable, parseOptions } from '../options.ts'
import type { KubeadmCall } from './kubeadm-call.ts'
import { initialise } from './kubeadm-init.ts'
import { join } from './kubeadm-join.ts'
import { resetNode } from './kubeadm-reset.ts'
import { createToken, deleteToken, listTokens } from './kubeadm-token.ts'
import { renewCertificates, upgradeApply, upgradeNode, upgradePlan } from './kubeadm-upgrade.ts'
import { programVersion } from './program-version.ts'

const cites =
  'kubeadm 1.28: cmd/kubeadm/app/cmd/{init,join,reset,token,upgrade}.go; https://kubernetes.io/docs/reference/setup-tools/kubeadm/'

const options: OptionTable = {
  '--config': 'value',
  '-o --output': 'value',
  '--kubernetes-version': 'value',
  '--ignore-preflight-errors': 'value',
  '--cri-socket': 'value',
  '--ttl': 'value',
  '--description': 'value',
  '--kubeconfig': 'value',
  '-v --v': 'value',
  '-f --force': 'flag',
  '-y --yes': 'flag',
  '--print-join-command': 'flag',
  '--upload-certs': 'flag',
  '--dry-run': 'flag',
}

const images = (version: string): readonly string[] => [
  ...['apiserver', 'controller-manager', 'scheduler', 'proxy'].map(
    (name) => `registry.k8s.io/kube-${name}:${version}`,
  ),
  'registry.k8s.io/coredns/coredns:v1.10.1',
  'registry.k8s.io/pause:3.9',
  'registry.k8s.io/etcd:3.5.15-0',
]

const commands: Readonly<Record<string, (call: KubeadmCall) => Answer | Promise<Answer>>> = {
  version: showVersion,
  'config images list': ({ options: given, version }) => {
    const list = images(given.text('kubernetes-version') ?? version)
    const json = { kind: 'Images', apiVersion: 'output.kubeadm.k8s.io/v1alpha2', images: list }
    return { stdout: given.text('o') === 'json' ? `${JSON.stringify(json, null, 4)}\n` : lines(list) }
  },
  'config images pull': ({ version }) => ({
    stdout: lines(images(version).map((image) => `[config/images] Pulled ${image}`)),
  }),
  init: initialise,
  join,
  reset: resetNode,
  'token create': createToken,
  'token delete': deleteToken,
  'token list': listTokens,
  'upgrade plan': upgradePlan,
  'upgrade apply': upgradeApply,
  'upgrade node': upgradeNode,
  'certs renew': renewCertificates,
}

export const kubeadm: Double = {
  name: 'kubeadm',
  cites,
  async answer(host, args) {
    const words = Object.keys(commands)
      .filter((name) => name.split(' ').every((word, i) => args[i] === word))
      .toSorted((a, b) => b.length - a.length)[0]
    const command = words === undefined ? undefined : commands[words]
    if (words === undefined || !command)
      return { exit: 1, stderr: `Error: unknown command "${args[0] ?? ''}" for "kubeadm"\n` }
    const given = parseOptions(options, args.slice(words.split(' ').length))
    if (!(given instanceof Options))
      return { exit: 1, stderr: `${'option' in given ? `unknown flag: ${given.option}` : given.kind}\n` }
    try {
      return await command({
        host,
        options: given,
        operands: given.operands,
        version: await programVersion(host, 'kubeadm'),
      })
    } catch (error) {
      if (error instanceof Refusal) return error.answer
      throw error
    }
  },
}

function showVersion({ options: given, version }: KubeadmCall): Answer {
  const output = given.text('o')
  if (output === 'short') return { stdout: `${version}\n` }
  const [, major = '1', minor = '28'] = /^v(\d+)\.(\d+)/.exec(version) ?? []
  const clientVersion = { major, minor, gitVersion: version, gitTreeState: 'clean', platform: 'linux/amd64' }
  if (output === 'json') return { stdout: `${JSON.stringify({ clientVersion }, null, 2)}\n` }
  return {
    stdout: `kubeadm version: &version.Info{Major:"${major}", Minor:"${minor}", GitVersion:"${version}"}\n`,
  }
}
