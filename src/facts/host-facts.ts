import type { Fact } from '#sdk/fact.ts'
import type { HostFactTable } from '#sdk/host-facts.ts'
import architecture from './architecture.ts'
import bootTime from './boot-time.ts'
import cpu from './cpu.ts'
import dateTime from './date-time.ts'
import disks from './disks.ts'
import env from './env.ts'
import fqdn from './fqdn.ts'
import hostname from './hostname.ts'
import local from './local.ts'
import machineId from './machine-id.ts'
import memory from './memory.ts'
import mounts from './mounts.ts'
import network from './network.ts'
import os from './os.ts'
import packageManager from './package-manager.ts'
import packages from './packages.ts'
import python from './python.ts'
import serviceManager from './service-manager.ts'
import services from './services.ts'
import users from './users.ts'
import virtualization from './virtualization.ts'

const common: readonly Fact<unknown>[] = [
  architecture,
  bootTime,
  cpu,
  dateTime,
  disks,
  env,
  fqdn,
  hostname,
  local,
  machineId,
  memory,
  mounts,
  network,
  os,
  packageManager,
  python,
  serviceManager,
  users,
  virtualization,
]

/** Long lists, which only those who ask for them pay for. */
const onDemand: readonly Fact<unknown>[] = [packages, services]

/** What a playbook can read under `facts`. */
export const hostFacts: HostFactTable = {
  facts: new Map([...common, ...onDemand].map((fact) => [fact.name, fact])),
  common: common.map(({ name }) => name),
}
