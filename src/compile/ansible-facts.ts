const names: Readonly<Record<string, string>> = {
  all_ipv4_addresses: 'facts.network.all_ipv4',
  all_ipv6_addresses: 'facts.network.all_ipv6',
  architecture: 'facts.architecture',
  date_time: 'facts.date_time',
  default_ipv4: 'facts.network.default_ipv4',
  default_ipv6: 'facts.network.default_ipv6',
  devices: 'facts.disks',
  distribution: 'facts.os.distribution',
  distribution_major_version: 'facts.os.major',
  distribution_release: 'facts.os.codename',
  distribution_version: 'facts.os.version',
  env: 'facts.env',
  fqdn: 'facts.fqdn',
  hostname: 'facts.hostname',
  interfaces: 'facts.network.interfaces',
  kernel: 'facts.os.kernel',
  local: 'facts.local',
  machine_id: 'facts.machine_id',
  memfree_mb: 'facts.memory.free_mb',
  memtotal_mb: 'facts.memory.total_mb',
  mounts: 'facts.mounts',
  nodename: 'facts.hostname',
  os_family: 'facts.os.family',
  pkg_mgr: 'facts.package_manager',
  processor_cores: 'facts.cpu.cores',
  processor_vcpus: 'facts.cpu.count',
  python: 'facts.python',
  service_mgr: 'facts.service_manager',
  swaptotal_mb: 'facts.memory.swap_total_mb',
  virtualization_type: 'facts.virtualization',
}

/** What tsplay calls a fact that Ansible injects as a variable (`ansible_os_family`); undefined for other names. */
export function ansibleFact(name: string): string | undefined {
  const fact = /^ansible_(\w+)$/.exec(name)?.[1]
  return fact !== undefined && Object.hasOwn(names, fact) ? names[fact] : undefined
}
