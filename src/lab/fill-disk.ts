import { HostError } from '#model/host-error.ts'
import { backendOf } from './backends.ts'
import type { LabPlan } from './lab-plan.ts'
import { readState } from './lab-state.ts'
import { runOnHost } from './run-on-host.ts'

export interface Filling {
  /** Absolute; all of the host's own disk when empty. */
  readonly folders: readonly string[]
  /** What is still free afterwards. */
  readonly leaveBytes: number
}

/**
 * Fills a host's disk, for whatever opens a file from now on. Hosts share this machine's disk, so a small file system
 * that is full is laid over the host's folders instead: what is in them can be read and not changed.
 */
export async function fillDisk(plan: LabPlan, host: string, filling: Filling): Promise<void> {
  await requireOwnFiles(plan, host)
  const folders = filling.folders.length > 0 ? filling.folders : ['/*']
  await script(plan, host, `${freeScript}${fillScript}`, [String(filling.leaveBytes), ...folders])
}

/** Takes it back, and with it what was written meanwhile into the room that was left. */
export async function freeDisk(plan: LabPlan, host: string): Promise<void> {
  await requireOwnFiles(plan, host)
  await script(plan, host, freeScript, [])
}

async function requireOwnFiles(plan: LabPlan, host: string): Promise<void> {
  const state = await readState(plan.state)
  if (!state || backendOf(state.backend).image) return
  throw new HostError(
    'refused',
    `The files of ${host} lie on this machine's disk: a host of ${state.backend} has no disk that could be filled.`,
    { remedy: 'Bring the lab up with --backend nspawn or userns.' },
  )
}

async function script(plan: LabPlan, host: string, text: string, words: readonly string[]): Promise<void> {
  const { code, output } = await runOnHost(plan, host, ['sh', '-euc', text, 'disk', ...words])
  if (code === 0) return
  throw new HostError('command-failed', `The disk of ${host} cannot be changed.`, { stderr: output.trim() })
}

/** Whatever still uses a mount keeps it until it ends. */
const freeScript = `
full=/run/tsplay-lab-full
if [ -d $full ]; then
  while read -r _ _ _ _ mount _ options; do
    case $options in *upperdir=$full/*) umount -l "$mount" ;; esac
  done </proc/self/mountinfo
  umount -l $full
  rmdir $full
fi
`

/**
 * The upper folder of an overlay gives the owner and mode of the whole. Without right to trusted attributes,
 * which a user namespace does not have, overlays keep theirs among the user's. See mount(8) on overlay.
 */
const fillScript = `
leave=$1
shift
attributes=
[ "$(readlink /proc/1/ns/user)" = 'user:[4026531837]' ] || attributes=,userxattr
mkdir -m 700 $full
mount -t tmpfs -o size=$((leave + 4096)),mode=700 tmpfs $full
lay_over() {
  if [ -L "$1" ] || [ ! -d "$1" ] || mountpoint -q "$1"; then return 0; fi
  count=$((count + 1))
  mkdir $full/$count $full/$count.work
  chown --reference="$1" $full/$count
  chmod --reference="$1" $full/$count
  mount -t overlay -o "lowerdir=$1,upperdir=$full/$count,workdir=$full/$count.work$attributes" overlay "$1"
}
count=0
for folder in "$@"; do
  case $folder in
    '/*') for each in /*; do lay_over "$each"; done ;;
    *) [ -d "$folder" ] || { echo "$folder is no folder." >&2; exit 1; }; lay_over "$folder" ;;
  esac
done
head -c 4096 /dev/zero >$full/ballast
`
