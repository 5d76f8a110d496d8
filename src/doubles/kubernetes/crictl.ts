import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Answer } from '../answer.ts'
import { lines } from '../answer.ts'
import type { Double } from '../double.ts'
import type { DoubleHost } from '../host.ts'
import { components, staticCommand } from './kubeadm-files.ts'

const cites = 'cri-tools 1.28: cmd/crictl/util.go, docs/crictl.md; containerd 1.7: pkg/cri/server/status.go'

export const crictl: Double = {
  name: 'crictl',
  cites,
  async answer(host, args) {
    const [command = ''] = args.filter((word) => !word.startsWith('-'))
    if (command === 'info') return { stdout: `${JSON.stringify(info(host), null, 2)}\n` }
    if (command === 'ps' || command === 'pods') return listed(host, args.includes('-q'))
    if (command === 'rmp' || command === 'rm') return {}
    if (command === 'version')
      return {
        stdout: lines([
          'Version:  0.1.0',
          'RuntimeName:  containerd',
          'RuntimeVersion:  v1.7.22',
          'RuntimeApiVersion:  v1',
        ]),
      }
    return { exit: 1, stderr: `No help topic for '${command}'\n` }
  },
}

function info(host: DoubleHost) {
  const folder = host.path('/etc/cni/net.d')
  const isNetworkReady = existsSync(folder) && readdirSync(folder).some((file) => /\.conf(list)?$/.test(file))
  const config = existsSync(host.path('/etc/containerd/config.toml'))
    ? readFileSync(host.path('/etc/containerd/config.toml'), 'utf8')
    : ''
  const network = isNetworkReady
    ? { message: '', reason: '', status: true, type: 'NetworkReady' }
    : {
        message: 'Network plugin returns error: cni plugin not initialized',
        reason: 'NetworkPluginNotReady',
        status: false,
        type: 'NetworkReady',
      }
  return {
    status: { conditions: [{ message: '', reason: '', status: true, type: 'RuntimeReady' }, network] },
    config: {
      containerd: {
        runtimes: { runc: { options: { SystemdCgroup: /SystemdCgroup *= *true/.test(config) } } },
      },
    },
    golang: 'go1.21.13',
  }
}

function listed(host: DoubleHost, isQuiet: boolean): Answer {
  const running = components.filter((name) => staticCommand(host, name))
  const rows = running.map((name) => `${name.padEnd(26)} Running`)
  return { stdout: lines(isQuiet ? running : ['NAME                       STATE', ...rows]) }
}
