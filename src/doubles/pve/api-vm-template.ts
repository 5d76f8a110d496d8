import type { ApiCall } from './api.ts'
import { die } from './api-error.ts'
import { disksOf, requireUnlocked, vmNumbered } from './vm-config.ts'
import { parseVolid } from './volumes.ts'

/** A machine becomes a template, and its disks become volumes that clones stand on. */
export async function makeTemplate(call: ApiCall): Promise<void> {
  const { vmid = '' } = call.values
  const one = vmNumbered(call, vmid)
  requireUnlocked(one)
  if (Object.keys(one.snapshots).length > 0) die('unable to create template, because VM contains snapshots')
  if (one.config['template'] === '1') die("you can't convert a template to a template")
  if (one.running) die("you can't convert a VM to template if VM is running")
  for (const [key, volid] of disksOf(one.config)) {
    if (!volid.includes('cloudinit'))
      one.config[key] = (one.config[key] ?? '').replace(volid, renameBase(call, volid))
  }
  one.config['template'] = '1'
}

/** `vm-100-disk-0` becomes `base-100-disk-0`. */
function renameBase({ pve, zfs, lvm }: ApiCall, volid: string): string {
  const [storage, name] = parseVolid(volid)
  const settings = pve.storages[storage] ?? {}
  const base = name.replace(/(^|\/)vm-/, '$1base-')
  const file = pve.volumes[volid]
  if (file) {
    delete pve.volumes[volid]
    pve.volumes[`${storage}:${base}`] = file
  }
  const zvol = zfs.datasets[`${settings['pool']}/${name}`]
  if (zvol) {
    delete zfs.datasets[zvol.name]
    zvol.name = `${settings['pool']}/${base}`
    zfs.datasets[zvol.name] = zvol
  }
  const lv = lvm.lvs.find((one) => one.group === settings['vgname'] && one.name === name)
  if (lv) Object.assign(lv, { name: base, isReadOnly: true })
  return `${storage}:${base}`
}
