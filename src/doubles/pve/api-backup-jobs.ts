import type { ApiCall, ApiMethod } from './api.ts'
import { die } from './api-error.ts'
import { backupParameters, listed } from './backup-parameters.ts'
import { flag, type Parameters, text, type Values } from './parameters.ts'

const job: Parameters = {
  ...backupParameters,
  id: text,
  schedule: text,
  enabled: flag,
  comment: text,
  'repeat-missed': flag,
}

/** Proxmox's own backup jobs: pve-manager, PVE/API2/Backup.pm and PVE/API2/Cluster/BackupInfo.pm. */
export const backupJobMethods: readonly ApiMethod[] = [
  {
    verb: 'get',
    path: '/cluster/backup',
    parameters: {},
    run: ({ pve }) => Object.entries(pve.jobs).map(([id, one]) => ({ ...typed(one), id, type: 'vzdump' })),
  },
  { verb: 'create', path: '/cluster/backup', parameters: job, run: addJob },
  {
    verb: 'get',
    path: '/cluster/backup/{id}',
    parameters: {},
    run: (call) => ({ ...typed(jobNamed(call)), id: call.values['id'], type: 'vzdump' }),
  },
  { verb: 'set', path: '/cluster/backup/{id}', parameters: { ...job, delete: text }, run: changeJob },
  {
    verb: 'delete',
    path: '/cluster/backup/{id}',
    parameters: {},
    run: (call) => {
      jobNamed(call)
      delete call.pve.jobs[call.values['id'] ?? '']
      return null
    },
  },
  { verb: 'get', path: '/cluster/backup-info/not-backed-up', parameters: {}, run: notBackedUp },
]

const typed = (one: Values): object =>
  Object.fromEntries(
    Object.entries(one).map(([key, value]) => [
      key,
      /^(enabled|all|repeat-missed|protected|remove)$/.test(key) ? Number(value) : value,
    ]),
  )

const jobNamed = ({ pve, values: { id = '' } }: ApiCall) => pve.jobs[id] ?? die(`No such job '${id}'`)

function addJob({ pve, values }: ApiCall): null {
  const { id = `backup-${pve.count++}`, ...settings } = values
  if (pve.jobs[id]) die(`Job '${id}' already exists`)
  if (settings['schedule'] === undefined)
    die('400 Parameter verification failed.\nschedule: property is missing and it is not optional')
  pve.jobs[id] = { enabled: '1', ...settings }
  return null
}

function changeJob(call: ApiCall): null {
  const { id: _, delete: removed = '', ...settings } = call.values
  const found = jobNamed(call)
  Object.assign(found, settings)
  for (const key of removed.split(',').filter(Boolean)) delete found[key]
  return null
}

function notBackedUp({ pve }: ApiCall): unknown {
  const jobs = Object.values(pve.jobs)
  const isCovered = (vmid: string): boolean =>
    jobs.some((one) => (one['all'] === '1' ? !listed(one['exclude'], vmid) : listed(one['vmid'], vmid)))
  return Object.entries(pve.vms)
    .filter(([vmid]) => !isCovered(vmid))
    .map(([vmid, { config }]) => ({ vmid: Number(vmid), name: config['name'], type: 'qemu' }))
}
