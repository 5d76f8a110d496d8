import { hasKeys, type StateKind } from '#doubles/store.ts'

export type Settings = Record<string, string>

export interface Snapshot {
  readonly config: Settings
  readonly at: number
  readonly description: string
  readonly parent?: string
}

export interface Vm {
  config: Settings
  /** What waits for the next start. */
  pending: Settings
  /** Names that go at the next start. */
  doomed: string[]
  running?: { readonly pid: number; readonly since: number }
  snapshots: Record<string, Snapshot>
  /** The snapshot that the present state comes from. */
  parent?: string
}

/** A file of a storage of type dir, or a backup on a Proxmox Backup Server. */
export interface Volume {
  readonly bytes: number
  readonly format: string
  readonly content: string
  readonly vmid?: number
  readonly at: number
  notes?: string
  isProtected?: boolean
  /** Of a backup on a Proxmox Backup Server: what its last verification there found. */
  verification?: { readonly state: 'ok' | 'failed'; readonly upid: string }
}

export interface Task {
  readonly upid: string
  readonly type: string
  readonly id: string
  readonly at: number
  /** `OK`, or what went wrong. */
  readonly result: string
}

export interface Pve {
  vms: Record<string, Vm>
  storages: Record<string, Settings>
  volumes: Record<string, Volume>
  tasks: Task[]
  users: Record<string, Settings>
  groups: Record<string, Settings>
  roles: Record<string, string>
  tokens: Record<string, Settings>
  acl: { path: string; role: string; owner: string; type: string; propagate: boolean }[]
  jobs: Record<string, Settings>
  /** Of processes that were never started: makes process numbers, MACs and UUIDs differ. */
  count: number
}

/** As after the installation on a disk without LVM: pve-storage, PVE/Storage/Plugin.pm `default "local"`. */
export const pveState: StateKind<Pve> = {
  family: 'proxmox',
  initial: () => ({
    vms: {},
    storages: { local: { type: 'dir', path: '/var/lib/vz', content: 'backup,iso,vztmpl,import' } },
    volumes: {},
    tasks: [],
    users: { 'root@pam': { enable: '1', expire: '0' } },
    groups: {},
    roles: {
      Administrator: 'VM.Allocate,Sys.Modify,Permissions.Modify',
      NoAccess: '',
      PVEAdmin: 'VM.Allocate,VM.Config.Disk,Datastore.Allocate',
      PVEAuditor: 'VM.Audit,Sys.Audit,Datastore.Audit',
      PVEDatastoreAdmin: 'Datastore.Allocate,Datastore.Audit',
      PVEDatastoreUser: 'Datastore.AllocateSpace,Datastore.Audit',
      PVEVMAdmin: 'VM.Allocate,VM.Audit,VM.Backup,VM.PowerMgmt',
      PVEVMUser: 'VM.Audit,VM.Backup,VM.PowerMgmt',
    },
    tokens: {},
    acl: [],
    jobs: {},
    count: 1,
  }),
  isState: (value): value is Pve => hasKeys(value, 'vms', 'storages', 'tasks', 'users', 'count'),
}
