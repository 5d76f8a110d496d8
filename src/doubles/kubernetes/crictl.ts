import { existsSync, readdirSync } from 'node:fs'
import { type Answer, lines, Refusal } from '../answer.ts'
import { hasCri, hasSystemdCgroup, readConfig } from '../containerd/containerd-config.ts'
import { containerdVersion } from '../containerd/containerd-version.ts'
import { runningAt } from '../containerd/running-containerd.ts'
import type { Double } from '../double.ts'
import type { DoubleHost } from '../host.ts'
import { components, staticCommand } from './kubeadm-files.ts'

const cites = 'cri-tools 1.28: cmd/crictl/util.go, docs/crictl.md; containerd 1.7: pkg/cri/server/status.go'

export const crictl: Double = {
  name: 'crictl',
  cites,
  async answer(host, args) {
    const [command = ''] = args.filter((word) => !word.startsWith('-'))
    const runtime = await runtimeOf(host)
    if (typeof runtime === 'string') return { exit: 1, stderr: `${runtime}\n` }
    if (command === 'info') return { stdout: `${JSON.stringify(info(host, runtime), null, 2)}\n` }
    if (command === 'ps' || command === 'pods') return listed(host, args.includes('-q'))
    if (command === 'rmp' || command === 'rm') return {}
    if (command === 'version')
      return {
        stdout: lines([
          'Version:  0.1.0',
          'RuntimeName:  containerd',
          `RuntimeVersion:  ${runtime.version}`,
          'RuntimeApiVersion:  v1',
        ]),
      }
    return { exit: 1, stderr: `No help topic for '${command}'\n` }
  },
}

interface Runtime {
  readonly version: string
  readonly hasSystemdCgroup: boolean
}

const socket = '/run/containerd/containerd.sock'

/**
 * What runs on the host: the double of containerd with what it has read at its start; where a host has none, one is taken
 * for running that has read its file a moment ago. A text is what keeps it from answering.
 */
async function runtimeOf(host: DoubleHost): Promise<Runtime | string> {
  const running = await runningAt(host, socket)
  if (running) {
    return hasCri(running.config)
      ? { version: containerdVersion, hasSystemdCgroup: hasSystemdCgroup(running.config) }
      : refused('rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService')
  }
  if (existsSync(host.path('/usr/local/sbin/containerd')))
    return refused(
      `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: connect: no such file or directory"`,
    )
  try {
    return { version: 'v1.7.22', hasSystemdCgroup: hasSystemdCgroup(readConfig(host, undefined)) }
  } catch (error) {
    // With a file that it cannot read it would not run.
    if (error instanceof Refusal) return refused(error.message.trim())
    throw error
  }
}

const refused = (why: string): string =>
  `FATA[0000] validate service connection: validate CRI v1 runtime API for endpoint "unix://${socket}": ${why}`

function info(host: DoubleHost, { hasSystemdCgroup: isSystemd }: Runtime) {
  const folder = host.path('/etc/cni/net.d')
  const isNetworkReady = existsSync(folder) && readdirSync(folder).some((file) => /\.conf(list)?$/.test(file))
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
        runtimes: { runc: { options: { SystemdCgroup: isSystemd } } },
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
