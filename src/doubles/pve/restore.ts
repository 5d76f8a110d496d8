import { zstdDecompressSync } from 'node:zlib'
import type { ApiCall } from './api.ts'
import { die } from './api-error.ts'
import { readBackup } from './backup-files.ts'
import { parseProperties, printProperties, showDiskSize } from './property-string.ts'
import type { Vm } from './pve-state.ts'
import { disksOf, newUuid, withNewMac } from './vm-config.ts'
import { isNetwork } from './vm-parameters.ts'
import type { VmaContent } from './vma.ts'
import { verifyVma } from './vma-reader.ts'
import { allocate, free, nextDiskName, parseVolid } from './volumes.ts'

/** `qmrestore`, and `qm create --archive`: qemu-server, PVE/QemuServer.pm `restore_file_archive`. */
export async function restoreVm(call: ApiCall): Promise<void> {
  const { vmid = '', archive = '', storage, unique, start } = call.values
  const { pve, host } = call
  const { config: text, devices } = contentOf(await readBackup(call, archive))
  await makeWay(call)
  const config = configIn(text)
  const restored: Vm = { config, pending: {}, doomed: [], snapshots: {} }
  pve.vms[vmid] = restored
  for (const [key, volid] of disksOf(config)) {
    const bytes = devices.find(({ name }) => name === `drive-${key}`)?.bytes
    const value = config[key] ?? ''
    delete config[key]
    const isKept = bytes !== undefined || volid.includes('cloudinit')
    if (isKept) config[key] = await restoredDisk(call, { vmid, volid, value, bytes, storage })
  }
  if (unique === '1') {
    for (const key of Object.keys(config).filter(isNetwork)) config[key] = withNewMac(call, config[key] ?? '')
    config['smbios1'] = `uuid=${newUuid(call)}`
  }
  config['vmgenid'] = newUuid(call)
  call.log('progress 100% (read 0 bytes, duration 0 sec)')
  if (start === '1') restored.running = { pid: 100_000 + pve.count++, since: Math.floor(host.now / 1000) }
}

/** `--force` overwrites a machine, and removes its disks. */
async function makeWay(call: ApiCall): Promise<void> {
  const { vmid = '', force } = call.values
  const old = call.pve.vms[vmid]
  if (!old) return
  if (force !== '1') die(`unable to restore VM ${vmid} - VM ${vmid} already exists on node '${call.node}'`)
  if (old.running) die(`unable to restore VM ${vmid} - VM ${vmid} is running`)
  for (const [, volid] of disksOf(old.config)) await free(call, volid)
}

function contentOf(archive: Buffer): VmaContent {
  try {
    return verifyVma(zstdDecompressSync(archive))
  } catch (error) {
    return die(
      `command 'set -o pipefail && zstd -q -d -c - | vma extract -v' failed: ${error instanceof Error ? error.message : error}`,
    )
  }
}

function configIn(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const [, key, value] = /^([a-z][a-z0-9_]*): (.*)$/.exec(line) ?? []
    return key === undefined || key === 'lock' ? [] : [[key, value ?? ''] as const]
  })
  return Object.fromEntries(pairs)
}

interface Lost {
  readonly vmid: string
  readonly volid: string
  readonly value: string
  readonly bytes: number | undefined
  readonly storage: string | undefined
}

async function restoredDisk(call: ApiCall, { vmid, volid, value, bytes, storage }: Lost): Promise<string> {
  const target = storage ?? parseVolid(volid)[0]
  const isDrive = bytes === undefined
  const name = isDrive ? `vm-${vmid}-cloudinit` : nextDiskName(call, target, vmid)
  const made = await allocate(call, target, { name, bytes: bytes ?? 4 * 1024 ** 2 })
  const properties = parseProperties(value, 'file')
  properties.set('file', made)
  if (!isDrive) properties.set('size', showDiskSize(bytes))
  return printProperties(properties, 'file')
}
