import { type Answer, refuse } from '../answer.ts'
import type { Double } from '../double.ts'
import type { DoubleHost } from '../host.ts'
import { textOf } from '../json.ts'
import { apiResources, apiVersions, clusterInfo, version } from './about-server.ts'
import { apply } from './apply.ts'
import { config } from './config.ts'
import { cordon, uncordon } from './cordon.ts'
import { create, replace } from './create.ts'
import { remove } from './delete.ts'
import { diff } from './diff.ts'
import { drain } from './drain.ts'
import { get } from './get.ts'
import { KubeClient } from './kube-client.ts'
import { accessOf, contextOf, readConfig } from './kubeconfig.ts'
import { answerOf, type KubectlCommand, readCommand, readOptions } from './kubectl-call.ts'
import { annotate, label } from './label.ts'
import { patch } from './patch.ts'
import { rollout } from './rollout.ts'
import { wait } from './wait.ts'

const cites =
  'kubectl 1.28: https://kubernetes.io/docs/reference/generated/kubectl/kubectl-commands; k8s.io/kubectl and k8s.io/cli-runtime at v0.28; compared with kubectl 1.28.15'

const commands: Readonly<Record<string, KubectlCommand>> = {
  annotate,
  'api-resources': apiResources,
  'api-versions': apiVersions,
  apply,
  'cluster-info': clusterInfo,
  config,
  cordon,
  create,
  delete: remove,
  diff,
  drain,
  get,
  label,
  patch,
  replace,
  rollout,
  uncordon,
  version,
  wait,
}

/** A client of whatever API server its kubeconfig names. It keeps nothing: all state is the cluster's. */
export const kubectl: Double = {
  name: 'kubectl',
  cites,
  answer: (host, args) => answer(host, args).catch(answerOf),
}

async function answer(host: DoubleHost, args: readonly string[]): Promise<Answer> {
  const { command, args: rest } = readCommand(args)
  if (command === '') return { stdout: `kubectl controls the Kubernetes cluster manager.\n` }
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined
  if (!run) {
    // It may be a plugin, which kubectl looks for before it reads options.
    if (args[0]?.startsWith('-'))
      refuse(1, `Error: flags cannot be placed before plugin name: ${args[0].replace(/=.*/, '')}`)
    return refuse(1, `error: unknown command "${command}" for "kubectl"`)
  }
  const options = readOptions(command, run.options ?? {}, rest)
  const read = readConfig(host, options)
  let opened: KubeClient | undefined
  const client = (): KubeClient => {
    opened ??= new KubeClient(accessOf(read, options))
    return opened
  }
  const namespace = options.text('namespace') ?? (textOf(contextOf(read, options)['namespace']) || 'default')
  const { operands } = options
  try {
    return await run.run({ host, options, operands, config: read, client, namespace })
  } finally {
    opened?.end()
  }
}

export const kubectlDoubles: readonly Double[] = [kubectl]
