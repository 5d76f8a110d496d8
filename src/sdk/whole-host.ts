import type { Resource } from '#model/change.ts'

const kinds = [
  'path',
  'package',
  'unit',
  'user',
  'group',
  'mount',
  'sysctl',
  'kernel-module',
  'time',
  'network',
  'process',
  'cron',
  'firewall',
  'storage',
  'hostname',
  'platform',
  'proxmox',
  'kubernetes',
] as const satisfies readonly Resource['kind'][]

/** All of the host itself that installing software may alter; unlike `everything`, no other host. */
export const wholeHost: readonly Resource[] = kinds.map((kind) => ({ kind }))
