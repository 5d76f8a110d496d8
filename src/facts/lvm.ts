import { defineFact } from '#sdk/fact.ts'
import { fieldsIn, parseJson, rowsIn, textIn } from '#sdk/json-text.ts'

export interface PhysicalVolume {
  readonly name: string
  /** Empty: it belongs to none. */
  readonly group: string
}

export interface VolumeGroup {
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly free: number
  readonly extentSize: number
}

export interface LogicalVolume {
  readonly group: string
  readonly name: string
  readonly size: number
  readonly kind: 'thin-pool' | 'thin' | 'other'
  /** The thin pool of a thin volume. */
  readonly pool: string
  /** Per cent, of thin pools. */
  readonly dataUsed: number
  readonly metadataUsed: number
}

export interface Lvm {
  /** The commands of LVM are not there. */
  readonly unsupported: boolean
  readonly physicalVolumes: readonly PhysicalVolume[]
  readonly groups: readonly VolumeGroup[]
  readonly volumes: readonly LogicalVolume[]
}

const options = '--reportformat json --units b --nosuffix'

/** All of LVM in three reports. `-a` would show what belongs to other volumes; nobody manages that. */
export default defineFact<Lvm>({
  name: 'lvm',
  summary: 'LVM: physical volumes, volume groups, logical volumes.',
  script: `command -v lvs >/dev/null 2>&1 || { echo unsupported; exit 0; }
pvs ${options} -o pv_name,vg_name 2>/dev/null; printf '\\036'
vgs ${options} -o vg_name,vg_size,vg_free,vg_extent_size 2>/dev/null; printf '\\036'
lvs ${options} -o vg_name,lv_name,lv_size,lv_attr,pool_lv,data_percent,metadata_percent 2>/dev/null
:`,
  reads: [{ kind: 'storage' }],
  parse({ stdout }) {
    const [pvs = '', vgs = '', lvs = ''] = stdout.split('\x1e')
    return {
      unsupported: stdout.trim() === 'unsupported',
      physicalVolumes: report(pvs, 'pv').map((row) => ({
        name: text(row, 'pv_name'),
        group: text(row, 'vg_name'),
      })),
      groups: report(vgs, 'vg').map((row) => ({
        name: text(row, 'vg_name'),
        size: number(row, 'vg_size'),
        free: number(row, 'vg_free'),
        extentSize: number(row, 'vg_extent_size'),
      })),
      volumes: report(lvs, 'lv').map((row) => ({
        group: text(row, 'vg_name'),
        name: text(row, 'lv_name'),
        size: number(row, 'lv_size'),
        kind: kindOf(text(row, 'lv_attr')),
        pool: text(row, 'pool_lv'),
        dataUsed: number(row, 'data_percent'),
        metadataUsed: number(row, 'metadata_percent'),
      })),
    }
  },
})

type Row = Readonly<Record<string, unknown>>

/** `{"report": [{"vg": [{…}, …]}]}`: see lvmreport(7). */
const report = (output: string, kind: string): readonly Row[] =>
  rowsIn(fieldsIn(parseJson(output))['report']).flatMap((part) => rowsIn(part[kind]))

const text = (row: Row, name: string): string => textIn(row[name]) ?? ''
const number = (row: Row, name: string): number => Number(text(row, name)) || 0

/** The first letter of the attributes: `t` thin pool, `V` thin volume. See lvs(8). */
function kindOf(attributes: string): LogicalVolume['kind'] {
  if (attributes.startsWith('t')) return 'thin-pool'
  return attributes.startsWith('V') ? 'thin' : 'other'
}
