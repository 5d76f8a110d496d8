import { readFile } from 'node:fs/promises'
import { zstdDecompressSync } from 'node:zlib'
import { lines } from '#doubles/answer.ts'
import { defineDouble } from '#doubles/double.ts'
import type { DoubleHost } from '#doubles/host.ts'
import { snapshotFile } from './pbs-backups.ts'
import { type Pve, pveState } from './pve-state.ts'
import { readStorages } from './storage-file.ts'
import { verifyVma } from './vma-reader.ts'

/** `proxmox-backup-manager verify DATASTORE`: reads every backup of it, and keeps with each what was found. */
export const proxmoxBackupManager = defineDouble<Pve>({
  name: 'proxmox-backup-manager',
  cites:
    'Proxmox Backup Server: proxmox-backup-manager(1); maintenance.rst, "Verification"; src/backup/verify.rs',
  state: pveState,
  refuse: () => ({ exit: 255, stderr: 'Error: no such command\n' }),
  commands: {
    verify: {
      run: async ({ operands: [datastore = ''], state, host }) => {
        await readStorages(state, host)
        const storages = Object.keys(state.storages).filter(
          (name) => state.storages[name]?.['datastore'] === datastore,
        )
        if (storages.length === 0) return { exit: 255, stderr: `Error: no such datastore '${datastore}'\n` }
        return verify(state, host, storages)
      },
    },
  },
})

async function verify(state: Pve, host: DoubleHost, storages: readonly string[]) {
  const upid = `UPID:pbs:${process.pid.toString(16).padStart(8, '0')}:verificationjob:root@pam:`
  const log: string[] = []
  const bad: string[] = []
  for (const { volume, name, file } of backupsOn(state, storages)) {
    const isWhole = await isSound(host.path(file))
    volume.verification = { state: isWhole ? 'ok' : 'failed', upid }
    log.push(`verify ${name}`)
    if (!isWhole) bad.push(`\t${name}`)
  }
  if (bad.length === 0) return { stdout: lines([...log, 'TASK OK']) }
  return {
    exit: 255,
    stdout: lines([...log, 'Failed to verify the following snapshots/groups:', ...bad]),
    stderr: 'Error: verification failed - please check the log for details\n',
  }
}

function backupsOn(state: Pve, storages: readonly string[]) {
  return Object.entries(state.volumes).flatMap(([volid, volume]) => {
    const [storage = '', name = ''] = volid.split(':backup/')
    const file = storages.includes(storage) ? snapshotFile({ pve: state }, volid) : undefined
    return file === undefined ? [] : [{ volume, name, file }]
  })
}

async function isSound(file: string): Promise<boolean> {
  const bytes = await readFile(file).catch(() => undefined)
  try {
    return bytes !== undefined && verifyVma(zstdDecompressSync(bytes)).end > 0
  } catch {
    // Whatever its form: it is not what was written.
    return false
  }
}
