import type { ApiCall, ApiMethod } from './api.ts'
import { ApiError, die } from './api-error.ts'
import { prune } from './api-prune.ts'
import { writeArchive } from './backup-files.ts'
import { backupParameters, listed } from './backup-parameters.ts'
import { vmNumbered } from './vm-config.ts'
import { storageNamed } from './volumes.ts'

/** pve-manager, PVE/API2/VZDump.pm and PVE/VZDump.pm. */
export const backupMethods: readonly ApiMethod[] = [
  {
    verb: 'create',
    path: '/nodes/{node}/vzdump',
    parameters: backupParameters,
    task: ({ vmid = '' }) => ['vzdump', /^\d+$/.test(vmid) ? vmid : ''],
    run: backUp,
  },
]

async function backUp(call: ApiCall): Promise<void> {
  const { values, pve, log } = call
  const storage = values['storage'] ?? 'local'
  requireStorage(call, storage)
  const ids =
    values['all'] === '1'
      ? Object.keys(pve.vms).filter((vmid) => !listed(values['exclude'], vmid))
      : (values['vmid'] ?? '').split(/[,; ]+/).filter(Boolean)
  if (ids.length === 0 && values['all'] !== '1')
    die('400 Parameter verification failed.\nvmid: property is missing and it is not optional')
  log(`INFO: starting new backup job: vzdump ${ids.join(' ')} --storage ${storage}`)
  let isBad = false
  for (const vmid of ids) isBad = !(await backUpOne(call, vmid, storage)) || isBad
  log(`INFO: Backup job finished ${isBad ? 'with errors' : 'successfully'}`)
  if (isBad) die('job errors')
}

function requireStorage(call: ApiCall, storage: string): void {
  const { content = '', type } = storageNamed(call, storage)
  if (!content.split(',').includes('backup')) die(`storage '${storage}' does not support backups`)
  if (type !== 'dir' && type !== 'pbs')
    die(`storage '${storage}' of type ${type} is not stood in for as a place for backups`)
}

/** False when it failed, which the log tells; the other machines of the job are still backed up. */
async function backUpOne(call: ApiCall, vmid: string, storage: string): Promise<boolean> {
  const { log, host } = call
  log(`INFO: Starting Backup of VM ${vmid} (qemu)`)
  try {
    const vm = vmNumbered(call, vmid)
    if (vm.config['lock'] !== undefined) die(`VM is locked (${vm.config['lock']})`)
    const volid = await writeArchive(call, { vmid, vm, storage })
    log(`INFO: Finished Backup of VM ${vmid} (00:00:00)`)
    await prune(call, { storage, vmid })
    log(`INFO: archive is ${volid} of ${new Date(host.now).toISOString()}`)
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    log(`ERROR: Backup of VM ${vmid} failed - ${error.message}`)
    return false
  }
}
