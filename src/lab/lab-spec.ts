/** A lab as its user describes it: `lab.yml`, names on the command line, or the default of three hosts. */
export interface LabSpec {
  readonly name: string
  /** The Debian release of hosts that name no other. */
  readonly suite: Suite
  /** In the order of their addresses. */
  readonly hosts: readonly LabHostSpec[]
  /** Debian packages that hosts can install, with all they depend on. */
  readonly packages: readonly string[]
  /** What hosts can be built on besides the base image, by the names that hosts use. */
  readonly layers?: Readonly<Record<string, LayerSpec>>
  /** Stand-ins for programs, by name, on every host. */
  readonly doubles?: readonly string[]
  /** `--real DIR`: absolute; programs in it take the place of doubles with the same names. */
  readonly real?: string
}

export interface LabHostSpec {
  readonly name: string
  readonly groups: readonly string[]
  /** In 10.10.0.0/24; the next free one when absent. */
  readonly address?: string
  readonly suite?: Suite
  /** Names of layers, the lowest first. */
  readonly layers?: readonly string[]
  /** Besides those of the whole lab. */
  readonly doubles?: readonly string[]
  readonly disks?: readonly DiskSpec[]
  /** Added to each direction of the road from this machine to the host's SSH server. */
  readonly latencyMs?: number
}

/** Built once over the base image and shared, read-only, by all hosts that name it. */
export interface LayerSpec {
  /** Installed with all they depend on. */
  readonly packages: readonly string[]
  /** A folder whose content is laid over the host's root; absolute. */
  readonly files?: string
  /** A file that sh runs in the layer as root, after packages and files; absolute. */
  readonly script?: string
}

/** A sparse file that the host sees as `/dev/lab/NAME`. */
export interface DiskSpec {
  readonly name: string
  readonly bytes: number
}

/** More would not fit between 10.10.0.11 and 10.10.0.250. */
export const maximumHosts = 240

/** What hosts can install in every lab. */
export const defaultPackages: readonly string[] = [
  'curl',
  'git',
  'jq',
  'nginx-light',
  'redis-server',
  'unzip',
]

/** Debian's releases that a host can have, the oldest first. */
export const suites = ['bullseye', 'bookworm', 'trixie'] as const
export type Suite = (typeof suites)[number]

export const defaultSuite: Suite = 'bookworm'

/** A lab's and a host's name; the latter is a host name that also fits into the name of a namespace. */
export const namePattern = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/

/** Hosts by number: the last is a database host, all others are web hosts. */
export function numberedHosts(count: number): LabHostSpec[] {
  return Array.from({ length: count }, (_, index) => {
    if (index > 0 && index === count - 1) return namedHost('db1')
    return namedHost(`web${index + 1}`)
  })
}

/** A host is in the group that its name without a number gives: `web1` is in `web`. */
export function namedHost(name: string): LabHostSpec {
  return { name, groups: [name.replace(/-?[0-9]+$/, '').replaceAll('-', '_')] }
}

/** A lab without a file. */
export function simpleSpec(name: string, hosts: readonly LabHostSpec[]): LabSpec {
  return { name, suite: defaultSuite, hosts, packages: defaultPackages }
}
