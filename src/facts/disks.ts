import { defineFact } from '#sdk/fact.ts'
import { linesOf } from '#sdk/sections.ts'

export interface Partition {
  readonly name: string
  readonly size_bytes: number
}

export interface Disk {
  readonly name: string
  readonly size_bytes: number
  readonly rotational: boolean
  readonly removable: boolean
  readonly read_only: boolean
  readonly model: string
  readonly serial: string
  readonly partitions: readonly Partition[]
}

/** One line a disk and one a partition; the shell's own `read` spares a process for each attribute. */
const script = `value() { v=; [ -r "$1" ] && read -r v 2>/dev/null <"$1"; printf '\\t%s' "$v"; }
for disk in /sys/block/*; do
  case $disk/ in */loop*|*/ram*|*/zram*|*/\\*/) continue ;; esac
  printf 'disk\\t%s' "\${disk##*/}"
  for f in size queue/rotational removable ro device/model device/serial; do value "$disk/$f"; done
  printf '\\n'
  for part in "$disk"/*/partition; do
    [ -e "$part" ] || continue
    part=\${part%/partition}
    printf 'part\\t%s' "\${part##*/}"; value "$part/size"; printf '\\n'
  done
done`

/** sysfs counts in sectors of 512 bytes, whatever the disk's own sectors are. */
const sector = 512

export default defineFact<Readonly<Record<string, Disk>>>({
  name: 'disks',
  summary: 'Block devices with their partitions, by name.',
  script,
  reads: [{ kind: 'platform' }],
  parse({ stdout }) {
    const disks: (Disk & { partitions: Partition[] })[] = []
    for (const line of linesOf(stdout)) {
      const [kind, name = '', size, rotational, removable, readOnly, model = '', serial = ''] =
        line.split('\t')
      const size_bytes = Number(size) * sector
      if (kind === 'part') {
        disks.at(-1)?.partitions.push({ name, size_bytes })
        continue
      }
      disks.push({
        ...{ name, size_bytes, model: model.trim(), serial: serial.trim(), partitions: [] },
        rotational: rotational === '1',
        removable: removable === '1',
        read_only: readOnly === '1',
      })
    }
    return Object.fromEntries(disks.map((disk) => [disk.name, disk]))
  },
})
