/** A lab as its user describes it: `lab.yml`, names on the command line, or the default of three hosts. */
export interface LabSpec {
  readonly name: string
  /** The Debian release of the hosts. */
  readonly suite: string
  /** In the order of their addresses. */
  readonly hosts: readonly LabHostSpec[]
  /** Debian packages that hosts can install, with all they depend on. */
  readonly packages: readonly string[]
}

export interface LabHostSpec {
  readonly name: string
  readonly groups: readonly string[]
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

export const defaultSuite = 'bookworm'

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
