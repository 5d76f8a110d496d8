import { table } from '#doubles/table.ts'
import { defineCli } from './pve-cli.ts'
import { methodAt } from './routes.ts'

type Row = Readonly<Record<string, unknown>>

const rowsOf = (data: unknown): Row[] =>
  Array.isArray(data)
    ? data.map((row: unknown) =>
        typeof row === 'object' && row !== null ? Object.fromEntries(Object.entries(row)) : {},
      )
    : []

const kib = (value: unknown): string => String(Math.floor(Number(value ?? 0) / 1024))

/** Sizes are KiB. */
function statusText(data: unknown): string {
  const rows = rowsOf(data).map((row) => [
    String(row['storage']),
    String(row['type']),
    row['enabled'] === 0 ? 'disabled' : row['active'] === 1 ? 'active' : 'inactive',
    ...[row['total'], row['used'], row['avail']].map(kib),
    row['active'] === 1
      ? `${((100 * Number(row['used'])) / (Number(row['total']) || 1)).toFixed(2)}%`
      : row['enabled'] === 0
        ? 'N/A'
        : '0.00%',
  ])
  const titles = ['Name', 'Type', 'Status', 'Total (KiB)', 'Used (KiB)', 'Available (KiB)', '%']
  return table([titles, ...rows], ['left', 'right', 'right', 'right', 'right', 'right', 'right'])
}

function listText(data: unknown): string {
  const rows = rowsOf(data).map((row) =>
    [row['volid'], row['format'], row['content'], row['size'], row['vmid'] ?? ''].map(String),
  )
  return table([['Volid', 'Format', 'Type', 'Size', 'VMID'], ...rows], ['left', 'left', 'left', 'right'], ' ')
}

export const pvesm = defineCli(
  'pvesm',
  'Proxmox VE 9.1: pvesm(1), pve-storage PVE/CLI/pvesm.pm and PVE/API2/Storage',
  {
    add: { method: methodAt('create', '/storage'), positional: ['type', 'storage'] },
    set: { method: methodAt('set', '/storage/{storage}'), positional: ['storage'] },
    remove: { method: methodAt('delete', '/storage/{storage}'), positional: ['storage'] },
    status: { method: methodAt('get', '/nodes/{node}/storage'), print: statusText },
    list: {
      method: methodAt('get', '/nodes/{node}/storage/{storage}/content'),
      positional: ['storage'],
      print: listText,
    },
    free: {
      method: methodAt('delete', '/nodes/{node}/storage/{storage}/content/{volume}'),
      positional: ['volume'],
      prepare: async (values) => ({ storage: values['volume']?.split(':')[0] ?? '', ...values }),
    },
  },
)
