import {
  devicePath,
  freeExtents,
  groupExtents,
  type LogicalVolume,
  type Lvm,
  type PhysicalVolume,
  pvExtents,
  type VolumeGroup,
} from './lvm-state.ts'

export type ReportKind = 'pv' | 'vg' | 'lv'

/** Sizes are numbers of bytes. */
export type Row = Readonly<Record<string, string | number>>

export interface Fields {
  readonly prefix: string
  readonly all: ReadonlySet<string>
  /** Without `-o`. */
  readonly usual: readonly string[]
}

interface Rows {
  readonly rows: readonly Row[]
  /** What was asked for and is not there. */
  readonly missing: readonly string[]
}

/** lib/report/columns.h */
const usual: Readonly<Record<ReportKind, readonly string[]>> = {
  pv: ['pv_name', 'vg_name', 'pv_fmt', 'pv_attr', 'pv_size', 'pv_free'],
  vg: ['vg_name', 'pv_count', 'lv_count', 'snap_count', 'vg_attr', 'vg_size', 'vg_free'],
  lv: [
    ...['lv_name', 'vg_name', 'lv_attr', 'lv_size', 'pool_lv', 'origin', 'data_percent', 'metadata_percent'],
    ...['move_pv', 'mirror_log', 'copy_percent', 'convert_lv'],
  ],
}

const groupFields = [
  'vg_name',
  'vg_uuid',
  'vg_fmt',
  'vg_attr',
  'vg_size',
  'vg_free',
  'vg_extent_size',
  'vg_extent_count',
  'vg_free_count',
  'pv_count',
  'lv_count',
  'snap_count',
  'max_lv',
  'max_pv',
  'vg_tags',
]
const own: Readonly<Record<ReportKind, readonly string[]>> = {
  pv: [
    'pv_name',
    'pv_uuid',
    'pv_fmt',
    'pv_attr',
    'pv_size',
    'pv_free',
    'pv_used',
    'dev_size',
    'pv_pe_count',
    'pv_missing',
    'pv_tags',
  ],
  vg: [],
  lv: [
    ...[
      'lv_name',
      'lv_full_name',
      'lv_path',
      'lv_dm_path',
      'lv_uuid',
      'lv_attr',
      'lv_size',
      'lv_active',
      'lv_layout',
    ],
    ...[
      'lv_role',
      'lv_time',
      'lv_tags',
      'lv_metadata_size',
      'lv_parent',
      'pool_lv',
      'origin',
      'segtype',
      'seg_count',
    ],
    ...[
      'data_percent',
      'metadata_percent',
      'snap_percent',
      'move_pv',
      'mirror_log',
      'copy_percent',
      'convert_lv',
      'devices',
    ],
  ],
}

export const fieldsOf = (kind: ReportKind): Fields => ({
  prefix: `${kind}_`,
  all: new Set([...own[kind], ...groupFields]),
  usual: usual[kind],
})

export const rowKinds: Readonly<Record<ReportKind, (state: Lvm, names: readonly string[]) => Rows>> = {
  pv: (state, names) => ({
    rows: state.pvs.filter(({ path }) => isAsked(path, names)).map((pv) => pvRow(state, pv)),
    missing: names
      .filter((name) => !state.pvs.some(({ path }) => path === name))
      .map((name) => `Failed to find physical volume "${name}".`),
  }),
  vg: (state, names) => ({
    rows: sorted(state.vgs)
      .filter(({ name }) => isAsked(name, names))
      .map((group) => groupRow(state, group)),
    missing: missingGroups(state, names),
  }),
  lv: (state, names) => {
    const asked = names.map((name) => name.replace(/^\/dev\//, ''))
    const groups = asked.filter((name) => !name.includes('/'))
    const volumes = asked.filter((name) => name.includes('/'))
    const all = sorted(state.lvs).toSorted((a, b) => (a.group < b.group ? -1 : Number(a.group > b.group)))
    const isWanted = ({ group, name }: LogicalVolume) =>
      names.length === 0 || groups.includes(group) || volumes.includes(`${group}/${name}`)
    return {
      rows: all.filter(isWanted).map((volume) => volumeRow(state, volume)),
      missing: [
        ...missingGroups(
          state,
          asked.map((name) => name.split('/')[0] ?? ''),
        ),
        ...volumes
          .filter((name) => state.vgs.some((group) => group.name === name.split('/')[0]))
          .filter((name) => !all.some((volume) => `${volume.group}/${volume.name}` === name))
          .map((name) => `Failed to find logical volume "${name}"`),
      ],
    }
  },
}

const isAsked = (name: string, names: readonly string[]): boolean =>
  names.length === 0 || names.includes(name)

const sorted = <Named extends { readonly name: string }>(all: readonly Named[]): Named[] =>
  all.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))

const missingGroups = (state: Lvm, names: readonly string[]): string[] =>
  names
    .filter((name) => !state.vgs.some((group) => group.name === name))
    .map((name) => `Volume group "${name}" not found\n  Cannot process volume group ${name}`)

function pvRow(state: Lvm, pv: PhysicalVolume): Row {
  const group = state.vgs.find(({ name }) => name === pv.group)
  const size = group ? pvExtents(pv, group.extent) * group.extent : pv.bytes
  const free = group ? Math.min(size, freeOn(state, group, pv)) : pv.bytes
  return {
    ...(group ? groupRow(state, group) : {}),
    pv_name: pv.path,
    pv_uuid: pv.uuid,
    pv_fmt: 'lvm2',
    pv_attr: group ? 'a--' : '---',
    pv_size: size,
    pv_free: free,
    pv_used: size - free,
    dev_size: pv.bytes,
    pv_pe_count: group ? String(pvExtents(pv, group.extent)) : '0',
  }
}

/** Space is taken from the first physical volume on: the policy "normal" of lvm(8). */
function freeOn(state: Lvm, group: VolumeGroup, pv: PhysicalVolume): number {
  let used = groupExtents(state, group) - freeExtents(state, group)
  for (const one of state.pvs.filter(({ group: name }) => name === group.name)) {
    const extents = pvExtents(one, group.extent)
    const taken = Math.min(used, extents)
    if (one === pv) return (extents - taken) * group.extent
    used -= taken
  }
  return 0
}

function groupRow(state: Lvm, group: VolumeGroup): Row {
  const [total, free] = [groupExtents(state, group), freeExtents(state, group)]
  return {
    vg_name: group.name,
    vg_uuid: group.uuid,
    vg_fmt: 'lvm2',
    vg_attr: 'wz--n-',
    vg_size: total * group.extent,
    vg_free: free * group.extent,
    vg_extent_size: group.extent,
    vg_extent_count: String(total),
    vg_free_count: String(free),
    pv_count: String(state.pvs.filter((pv) => pv.group === group.name).length),
    lv_count: String(state.lvs.filter((volume) => volume.group === group.name).length),
    snap_count: '0',
    max_lv: '0',
    max_pv: '0',
    vg_tags: group.tags.join(','),
  }
}

function volumeRow(state: Lvm, volume: LogicalVolume): Row {
  const group = state.vgs.find(({ name }) => name === volume.group)
  const isThin = volume.kind !== 'linear'
  return {
    ...(group ? groupRow(state, group) : {}),
    lv_name: volume.name,
    lv_full_name: `${volume.group}/${volume.name}`,
    lv_path: volume.kind === 'thin-pool' ? '' : devicePath(volume),
    lv_dm_path: `/dev/mapper/${volume.group.replaceAll('-', '--')}-${volume.name.replaceAll('-', '--')}`,
    lv_uuid: volume.uuid,
    lv_attr: attributes(volume),
    lv_size: volume.bytes,
    lv_active: volume.active ? 'active' : '',
    lv_layout: { linear: 'linear', 'thin-pool': 'thin,pool', thin: 'thin,sparse' }[volume.kind],
    lv_role: volume.kind === 'thin-pool' ? 'private' : 'public',
    lv_time: new Date(volume.createdAt).toISOString().replace('T', ' ').replace(/\..*$/, ' +0000'),
    lv_tags: volume.tags.join(','),
    lv_metadata_size: volume.metadataBytes ?? '',
    pool_lv: volume.pool ?? '',
    origin: volume.origin ?? '',
    segtype: volume.kind,
    seg_count: '1',
    data_percent: isThin ? '0.00' : '',
    metadata_percent: volume.kind === 'thin-pool' ? '10.00' : '',
  }
}

/** Ten letters: type, permissions, allocation, …; lvs(8). */
function attributes({ kind, isReadOnly, active }: LogicalVolume): string {
  const type = { linear: '-', 'thin-pool': 't', thin: 'V' }[kind]
  const target = kind === 'linear' ? '-' : 't'
  const zero = kind === 'thin-pool' ? 'z' : '-'
  return `${type}${isReadOnly ? 'r' : 'w'}i-${active ? 'a' : '-'}-${target}${zero}--`
}
