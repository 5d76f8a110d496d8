import type { MountEntry } from './mount-table.ts'
import { inOrder, type Script, sh } from './quote.ts'

export interface MountWork {
  readonly state: string
  readonly path: string
  readonly fstab: string
  /** What to mount when fstab does not say. */
  readonly entry: MountEntry | undefined
  readonly isMounted: boolean
  /** What is mounted differs from what was asked for. */
  readonly acts: boolean
  /** The right thing is mounted already, only otherwise. */
  readonly sameSource: boolean
  readonly tableChanged: boolean
}

/** The commands that bring the live mount in line. systemd makes units of fstab, and is told of changes. */
export function mountScript(work: MountWork): Script {
  const { state, path, acts, isMounted, tableChanged } = work
  const gone = state === 'unmounted' || state === 'absent'
  return inOrder([
    tableChanged ? sh`[ ! -d /run/systemd/system ] || systemctl daemon-reload` : undefined,
    acts && gone ? sh`umount ${path}` : undefined,
    // Only an empty folder goes: what it holds was hidden by the mount and belongs to somebody.
    state === 'absent' && path !== 'none'
      ? sh`[ ! -d ${path} ] || rmdir ${path} 2>/dev/null || :`
      : undefined,
    acts && !gone ? (isMounted ? remount(work) : mount(work)) : undefined,
    sh`:`,
  ])
}

function mount({ path, fstab, entry }: MountWork): Script {
  if (!entry) return sh`mkdir -p ${path} && mount ${tableOption(fstab)} ${path}`
  return sh`mkdir -p ${path} && mount -t ${entry.fstype} -o ${entry.options} ${entry.source} ${path}`
}

/** Not every file system takes new options while it is mounted. */
function remount(work: MountWork): Script {
  const { path, fstab, sameSource } = work
  const again = sh`umount ${path} && ${mount(work)}`
  return sameSource ? sh`mount ${tableOption(fstab)} -o remount ${path} 2>/dev/null || { ${again}; }` : again
}

/** BusyBox's mount knows \`-T\` as well, but the default needs no option anywhere. */
const tableOption = (fstab: string): readonly string[] => (fstab === '/etc/fstab' ? [] : ['-T', fstab])
