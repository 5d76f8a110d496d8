import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { runProcess } from '#app/run-process.ts'
import type { Fault } from '#doubles/faults.ts'
import type { ProcessResult } from '#sdk/controller.ts'
import { installDoubles } from './doubles.ts'

const programs = [
  'pvesh',
  'qm',
  'pvesm',
  'vzdump',
  'qmrestore',
  'vma',
  'proxmox-backup-manager',
  'zpool',
  'zfs',
  'tsplay-doubles',
]

export interface ProxmoxHost {
  readonly folder: string
  /** The folder of the doubles. */
  readonly programs: string
  /** With the doubles in PATH. */
  readonly env: Record<string, string | undefined>
  /** Words are parted by blanks. */
  call(line: string | readonly string[], env?: Record<string, string>): Promise<ProcessResult>
  /** The same, for one that has to succeed: what it printed. */
  ok(line: string | readonly string[], env?: Record<string, string>): Promise<string>
  fault(fault: Fault): Promise<void>
}

/**
 * This machine with the programs of Proxmox VE before its own: a pool `tank`, a storage `backups` in the folder of that
 * name, and machine 103. Call at the top of a file.
 */
export function withProxmoxHost(): () => ProxmoxHost {
  let host: ProxmoxHost | undefined
  beforeAll(async () => {
    host = await openProxmoxHost()
  })
  afterAll(() => host && rm(host.folder, { recursive: true, force: true }))
  return () => {
    if (!host) throw new Error('The host is there only while tests run.')
    return host
  }
}

async function openProxmoxHost(): Promise<ProxmoxHost> {
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-proxmox-'))
  // Doubles see paths below a root of their own; this folder is the same below it.
  const root = join(folder, 'host')
  for (const one of ['etc', dirname(folder)]) await mkdir(join(root, one), { recursive: true })
  await symlink(folder, join(root, folder))
  await mkdir(join(folder, 'backups'))
  const bin = await installDoubles(root, programs)
  const env: Record<string, string | undefined> = { ...process.env, PATH: `${bin}:${process.env['PATH']}` }
  const call: ProxmoxHost['call'] = (line, more = {}) =>
    runProcess(typeof line === 'string' ? line.split(' ') : line, { cwd: folder, env: { ...env, ...more } })
  const ok: ProxmoxHost['ok'] = async (line, more) => {
    const { rc, stdout, stderr } = await call(line, more)
    if (rc !== 0) throw new Error(`${line} ended with ${rc}: ${stderr}`)
    return stdout
  }
  const fault = async (one: Fault): Promise<void> => {
    await ok(['tsplay-doubles', 'fault', JSON.stringify(one)])
  }
  await writeFile(join(folder, 'disk'), '')
  await truncate(join(folder, 'disk'), 20 * 1024 ** 3)
  await ok(`zpool create tank ${folder}/disk`)
  await ok('pvesm add zfspool tank --pool tank --sparse 1')
  await ok(`pvesm add dir backups --path ${folder}/backups --content backup`)
  await ok('qm create 103 --name k8s-cp01 --memory 4096 --agent 1 --net0 virtio,bridge=vmbr0 --scsi0 tank:1')
  return { folder, programs: bin, env, call, ok, fault }
}
