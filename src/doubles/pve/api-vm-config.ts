import type { ApiCall } from './api.ts'
import { die } from './api-error.ts'
import type { Values } from './parameters.ts'
import type { Vm } from './pve-state.ts'
import { digestOf, disksOf, requireDigest, requireUnlocked, settled, vmNumbered } from './vm-config.ts'
import { appliesAtOnce, vmParameters } from './vm-parameters.ts'
import { free } from './volumes.ts'

const noConfig = new Set([
  'vmid',
  'node',
  'storage',
  'pool',
  'start',
  'archive',
  'force',
  'unique',
  'bwlimit',
  'skiplock',
  'delete',
  'digest',
  'revert',
  'background_delay',
  'current',
])
/** What of a call's parameters belongs into a machine's configuration. */
export const settingsIn = (values: Values): [string, string][] =>
  Object.entries(values).filter(([key]) => !noConfig.has(key))

export function readConfig(call: ApiCall): unknown {
  const one = vmNumbered(call, call.values['vmid'])
  const isCurrent = call.values['current'] === '1'
  const settings = isCurrent ? one.config : { ...one.config, ...one.pending }
  const shown = Object.entries(settings).filter(([key]) => isCurrent || !one.doomed.includes(key))
  return {
    ...Object.fromEntries(shown.map(([key, value]) => [key, shownValue(key, value)])),
    digest: digestOf(one),
  }
}

/** Perl gives numbers where the schema has them, and nobody sees a password again. */
function shownValue(key: string, value: string): string | number {
  if (key === 'cipassword') return '**********'
  const type = vmParameters[key]?.type
  return type === 'integer' || type === 'boolean' ? (key === 'memory' ? value : Number(value)) : value
}

export function readPending(call: ApiCall): unknown {
  const { config, pending, doomed } = vmNumbered(call, call.values['vmid'])
  const keys = [...new Set([...Object.keys(config), ...Object.keys(pending)])].toSorted()
  return keys.map((key) => ({
    key,
    ...(config[key] !== undefined && { value: shownValue(key, config[key]) }),
    ...(pending[key] !== undefined && { pending: shownValue(key, pending[key]) }),
    ...(doomed.includes(key) && { delete: 1 }),
  }))
}

export async function setConfig(call: ApiCall): Promise<null> {
  const { values } = call
  const { vmid = '' } = values
  const one = vmNumbered(call, vmid)
  requireDigest(one, values['digest'])
  if (values['skiplock'] !== '1' && !/lock/.test(values['delete'] ?? '')) requireUnlocked(one)
  const settings = settingsIn(values)
  const removed = (values['delete'] ?? '').split(/[,; ]+/).filter(Boolean)
  const reverted = (values['revert'] ?? '').split(/[,; ]+/).filter(Boolean)
  if (settings.length + removed.length + reverted.length === 0) die('no options specified')
  for (const key of reverted) revertOne(one, key)
  for (const key of removed) await removeOne(call, one, key)
  for (const [key, value] of settings) await setOne(call, one, { vmid, key, value })
  return null
}

function revertOne(one: Vm, key: string): void {
  delete one.pending[key]
  one.doomed = one.doomed.filter((name) => name !== key)
}

async function removeOne(call: ApiCall, one: Vm, key: string): Promise<void> {
  if (one.running && !appliesAtOnce(key)) {
    if (one.config[key] !== undefined) one.doomed = [...new Set([...one.doomed, key])]
    delete one.pending[key]
    return
  }
  const [disk] = disksOf({ [key]: one.config[key] ?? '' })
  delete one.config[key]
  if (!disk) return
  // A disk that goes from the machine stays on its storage until it is removed a second time.
  if (/^unused/.test(key) || disk[1].includes('cloudinit')) await free(call, disk[1])
  else one.config[freeUnused(one)] = disk[1]
}

function freeUnused({ config }: Vm): string {
  let number = 0
  while (config[`unused${number}`] !== undefined) number++
  return `unused${number}`
}

interface Setting {
  readonly vmid: string
  readonly key: string
  readonly value: string
}

async function setOne(call: ApiCall, one: Vm, { vmid, key, value }: Setting): Promise<void> {
  const result = await settled(call, vmid, [key, value])
  const [old] = disksOf({ [key]: one.config[key] ?? '' })
  const [next] = disksOf({ [key]: result })
  if (old && next && old[1] !== next[1]) one.config[freeUnused(one)] = old[1]
  one.doomed = one.doomed.filter((name) => name !== key)
  if (one.running && !appliesAtOnce(key) && one.config[key] !== result) one.pending[key] = result
  else {
    delete one.pending[key]
    one.config[key] = result
  }
}
