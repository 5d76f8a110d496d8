import { defineDouble } from '#doubles/double.ts'
import { refuseAs, versionCommand } from './zfs-refuse.ts'
import { zfsState } from './zfs-state.ts'
import { zpoolAdd, zpoolCreate, zpoolDestroy, zpoolExport, zpoolImport } from './zpool-create.ts'
import { zpoolClear, zpoolOffline, zpoolOnline, zpoolQuick, zpoolScrub } from './zpool-devices.ts'
import { zpoolGet, zpoolList, zpoolSet } from './zpool-list.ts'
import { zpoolStatus } from './zpool-status.ts'

export const zpool = defineDouble({
  name: 'zpool',
  cites: 'OpenZFS 2.3: zpool(8) and its pages, zpoolprops(7), cmd/zpool/zpool_main.c, cmd/zpool/zpool_vdev.c',
  state: zfsState,
  refuse: refuseAs('zpool'),
  commands: {
    create: zpoolCreate,
    destroy: zpoolDestroy,
    add: zpoolAdd,
    list: zpoolList,
    get: zpoolGet,
    set: zpoolSet,
    status: zpoolStatus,
    scrub: zpoolScrub,
    offline: zpoolOffline,
    online: zpoolOnline,
    clear: zpoolClear,
    export: zpoolExport,
    import: zpoolImport,
    trim: zpoolQuick,
    wait: zpoolQuick,
    sync: zpoolQuick,
    version: versionCommand,
    '--version': versionCommand,
    '-V': versionCommand,
  },
})
