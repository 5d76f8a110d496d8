import { byteText } from './byte-size.ts'
import type { ProxmoxVmArgs } from './proxmox-vm-args.ts'

/** What the machine has that guests can use. */
interface Host {
  readonly memory: number
  readonly cpus: number
  readonly cpuModel: string
  readonly cpuFlags: ReadonlySet<string>
}

/** What each type adds to the one before it, as in qemu-server's CPUConfig.pm; flags as /proc/cpuinfo names them. */
const levels: readonly (readonly [string, readonly string[]])[] = [
  ['x86-64-v2', ['cx16', 'lahf_lm', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3']],
  ['x86-64-v2-AES', ['aes']],
  ['x86-64-v3', ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave']],
  ['x86-64-v4', ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl']],
]

/** Why the host cannot run such a machine; undefined when it can. */
export function cannotRun(args: ProxmoxVmArgs, host: Host): string | undefined {
  return memoryProblem(args, host) ?? coresProblem(args, host) ?? cpuProblem(args, host)
}

function memoryProblem({ vmid, memory }: ProxmoxVmArgs, host: Host): string | undefined {
  const bytes = (memory ?? 0) * 1024 ** 2
  return host.memory === 0 || bytes < host.memory
    ? undefined
    : `VM ${vmid} needs ${byteText(bytes)} of memory, but the whole host has ${byteText(host.memory)}. Give it less.`
}

/** Proxmox does not start a machine with more. */
function coresProblem({ vmid, cores = 1, sockets = 1 }: ProxmoxVmArgs, { cpus }: Host): string | undefined {
  return cpus === 0 || cores * sockets <= cpus
    ? undefined
    : `VM ${vmid} needs ${cores * sockets} cores, but the host has ${cpus}. Give it no more than that.`
}

function cpuProblem({ vmid, cpu }: ProxmoxVmArgs, host: Host): string | undefined {
  const type = cpu?.replace(/^cputype=/, '').split(',')[0]
  const at = levels.findIndex(([name]) => name === type)
  if (at === -1 || host.cpuFlags.size < 2) return undefined
  const missing = lacking(at, host)
  if (missing.length === 0) return undefined
  const best = levels.findLastIndex((_level, i) => i < at && lacking(i, host).length === 0)
  return (
    `VM ${vmid} cannot have the CPU type ${type}: the host's ${host.cpuModel || 'processor'} lacks ${missing.join(', ')}. ` +
    `Use ${levels[best]?.[0] ?? 'kvm64'} or host.`
  )
}

const lacking = (level: number, { cpuFlags }: Host): readonly string[] =>
  levels
    .slice(0, level + 1)
    .flatMap(([, flags]) => flags)
    .filter((flag) => !cpuFlags.has(flag))
