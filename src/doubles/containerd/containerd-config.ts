import { existsSync, readFileSync } from 'node:fs'
import { refuse } from '../answer.ts'
import type { DoubleHost } from '../host.ts'
import { at, type Fields, isFields, textOf } from '../json.ts'
import { readToml, TomlProblem } from './toml.ts'

export const usualFile = '/etc/containerd/config.toml'
const cri = 'io.containerd.grpc.v1.cri'

/** What `containerd config default` says, of which these are the settings that nodes of a cluster are about. */
export function defaultConfig(): Fields {
  return {
    disabled_plugins: [],
    imports: [],
    oom_score: 0,
    plugin_dir: '',
    required_plugins: [],
    root: '/var/lib/containerd',
    state: '/run/containerd',
    temp: '',
    version: 2,
    grpc: { address: '/run/containerd/containerd.sock', gid: 0, uid: 0 },
    metrics: { address: '', grpc_histogram: false },
    plugins: {
      [cri]: {
        disable_apparmor: false,
        max_concurrent_downloads: 3,
        sandbox_image: 'registry.k8s.io/pause:3.6',
        systemd_cgroup: false,
        cni: { bin_dir: '/opt/cni/bin', conf_dir: '/etc/cni/net.d', conf_template: '', max_conf_num: 1 },
        containerd: {
          default_runtime_name: 'runc',
          snapshotter: 'overlayfs',
          runtimes: {
            runc: {
              runtime_type: 'io.containerd.runc.v2',
              options: { BinaryName: '', SystemdCgroup: false },
            },
          },
        },
        registry: { config_path: '', auths: {}, configs: {}, headers: {}, mirrors: {} },
      },
      'io.containerd.internal.v1.opt': { path: '/opt/containerd' },
    },
  }
}

/** The file's settings over the defaults. `file` is what `--config` names; the usual one need not be there. */
export function readConfig(host: DoubleHost, file: string | undefined): Fields {
  const path = host.path(file ?? usualFile)
  if (!existsSync(path)) {
    if (file !== undefined)
      refuse(1, `containerd: failed to load TOML: ${file}: open ${file}: no such file or directory`)
    return defaultConfig()
  }
  const name = file ?? usualFile
  const given = parsed(readFileSync(path, 'utf8'), name)
  const config = merged(defaultConfig(), given)
  for (const place of [['grpc', 'address'], ['root'], ['state']])
    if (typeof at(config, ...place) !== 'string')
      refuse(
        1,
        `containerd: failed to unmarshal TOML: Can't convert ${String(at(config, ...place))} to string`,
      )
  return { ...config, imports: [name] }
}

function parsed(text: string, name: string): Fields {
  try {
    return readToml(text)
  } catch (error) {
    if (error instanceof TomlProblem)
      return refuse(1, `containerd: failed to load TOML: ${name}: ${error.message}`)
    throw error
  }
}

/**
 * A table's fields one by one; but a runtime that the file names is the file's alone: what it does not say is empty, and no
 * default, as Go's maps have it.
 */
function merged(under: Fields, over: Fields, path: readonly string[] = []): Fields {
  const isRuntimes = path.at(-1) === 'runtimes'
  const entries = Object.entries(over).map(([name, value]): [string, unknown] => {
    const below = under[name]
    if (isRuntimes && isFields(value)) return [name, { runtime_type: '', options: {}, ...value }]
    return [name, isFields(below) && isFields(value) ? merged(below, value, [...path, name]) : value]
  })
  return { ...under, ...Object.fromEntries(entries) }
}

export const socketOf = (config: Fields): string => textOf(at(config, 'grpc', 'address'))

/** Whether pods' cgroups are systemd's, as kubeadm's kubelet wants them. */
export const hasSystemdCgroup = (config: Fields): boolean =>
  at(config, 'plugins', cri, 'containerd', 'runtimes', 'runc', 'options', 'SystemdCgroup') === true

/** Debian's package of containerd has the CRI plugin, Docker's switches it off. */
export const hasCri = ({ disabled_plugins: off }: Fields): boolean =>
  !(Array.isArray(off) && (off.includes('cri') || off.includes(cri)))
