import { defineDouble } from '#doubles/double.ts'
import { zfsCreate } from './zfs-create.ts'
import { zfsDestroy, zfsRollback } from './zfs-destroy.ts'
import { zfsGet } from './zfs-get.ts'
import { zfsList } from './zfs-list.ts'
import { zfsMount, zfsRename, zfsUnmount } from './zfs-mount.ts'
import { refuseAs, versionCommand } from './zfs-refuse.ts'
import { zfsInherit, zfsSet } from './zfs-set.ts'
import { zfsClone, zfsHold, zfsHolds, zfsRelease, zfsSnapshot } from './zfs-snapshot.ts'
import { zfsState } from './zfs-state.ts'

export const zfs = defineDouble({
  name: 'zfs',
  cites: 'OpenZFS 2.3: zfs(8) and its pages, zfsprops(7), cmd/zfs/zfs_main.c, lib/libzfs/libzfs_dataset.c',
  state: zfsState,
  refuse: refuseAs('zfs'),
  commands: {
    create: zfsCreate,
    destroy: zfsDestroy,
    list: zfsList,
    get: zfsGet,
    set: zfsSet,
    inherit: zfsInherit,
    snapshot: zfsSnapshot,
    snap: zfsSnapshot,
    rollback: zfsRollback,
    clone: zfsClone,
    hold: zfsHold,
    holds: zfsHolds,
    release: zfsRelease,
    mount: zfsMount,
    unmount: zfsUnmount,
    umount: zfsUnmount,
    rename: zfsRename,
    version: versionCommand,
    '--version': versionCommand,
    '-V': versionCommand,
  },
})
