import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface StaticPods {
  /** Holds etcd.yaml and kube-apiserver.yaml, which run as long as they are there. */
  readonly manifests: string
  readonly data: string
  readonly client: string
  readonly peer: string
  /** Has crictl, kubectl and etcdutl for the search path. */
  readonly programs: string
  /** What was started, stopped and asked for, a line each. */
  log(): Promise<readonly string[]>
  stop(): Promise<void>
}

/**
 * What kubeadm leaves to a control plane, as far as bringing etcd back meets it: a kubelet that runs a real etcd while its
 * manifest is in the folder, an API server that answers while it and etcd are there, and programs that ask for both.
 * `etcdutl` fails while there is a file `broken` in the folder.
 */
export async function startStaticPods(
  folder: string,
  { client, peer }: { readonly client: string; readonly peer: string },
): Promise<StaticPods> {
  const [manifests, data, programs] = ['manifests', 'data', 'static-programs'].map((name) =>
    join(folder, name),
  )
  if (!manifests || !data || !programs) throw new Error('Three folders have three names.')
  for (const one of [manifests, programs, join(folder, 'pods')]) await mkdir(one)
  for (const pod of ['etcd', 'kube-apiserver'])
    await writeFile(join(manifests, `${pod}.yaml`), `name: ${pod}\n`)
  const scripts = {
    kubelet: kubelet(folder, { client, peer }),
    crictl: `for pod in etcd kube-apiserver; do [ ! -e ${folder}/pods/$pod ] || echo $pod; done`,
    kubectl: `echo "kubectl $*" >>${folder}/pods.log
[ -e ${folder}/pods/kube-apiserver ] && ETCDCTL_API=3 etcdctl --endpoints ${client} endpoint health`,
    etcdutl: `[ ! -e ${folder}/broken ] || { echo 'no space left on device' >&2; exit 1; }
exec etcdctl "$@"`,
  }
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(programs, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(programs, name), 0o755)
  }
  const running = spawn(join(programs, 'kubelet'), { stdio: 'ignore' })
  return {
    ...{ manifests, data, client, peer, programs },
    log: async () => (await readFile(join(folder, 'pods.log'), 'utf8')).trim().split('\n'),
    stop: () => end(running),
  }
}

async function end(kubelet: ChildProcess): Promise<void> {
  kubelet.kill('SIGTERM')
  if (kubelet.exitCode === null) await once(kubelet, 'exit')
}

const kubelet = (folder: string, { client, peer }: { client: string; peer: string }): string => `cd ${folder}
start_etcd() {
  exec etcd --name k8s-cp01 --data-dir data --listen-client-urls ${client} --advertise-client-urls ${client} \\
    --listen-peer-urls ${peer} --initial-advertise-peer-urls ${peer} --initial-cluster k8s-cp01=${peer} >etcd.log 2>&1
}
start() {
  echo "start $1" >>pods.log
  case $1 in etcd) start_etcd & ;; *) sleep 1000 & ;; esac
  echo $! >pods/$1
}
stop() {
  echo "stop $1" >>pods.log
  kill "$(cat pods/$1)"
  while kill -0 "$(cat pods/$1)" 2>/dev/null; do sleep 0.05; done
  rm pods/$1
}
finish() {
  for pod in etcd kube-apiserver; do [ ! -e pods/$pod ] || kill "$(cat pods/$pod)"; done
  exit 0
}
trap finish TERM
while :; do
  for pod in kube-apiserver etcd; do
    if [ -e manifests/$pod.yaml ] && [ ! -e pods/$pod ]; then start $pod; fi
    if [ ! -e manifests/$pod.yaml ] && [ -e pods/$pod ]; then stop $pod; fi
  done
  sleep 0.1
done`
