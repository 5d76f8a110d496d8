import { lines } from '#doubles/answer.ts'
import type { Values } from './parameters.ts'
import { type CliCommand, defineCli } from './pve-cli.ts'
import { methodAt } from './routes.ts'

const vm = '/nodes/{node}/qemu/{vmid}'
const onVm = (method: CliCommand['method'], ...more: readonly string[]): CliCommand => ({
  method,
  positional: ['vmid', ...more],
})
const power = (name: string): CliCommand => onVm(methodAt('create', `${vm}/status/${name}`))

/** Rows of an answer, whatever they are. */
const rowsOf = (data: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(data) ? data.map((row: unknown) => fieldsOf(row)) : []
const fieldsOf = (data: unknown): Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null ? Object.fromEntries(Object.entries(data)) : {}

function listText(data: unknown): string {
  const rows = rowsOf(data).toSorted((a, b) => Number(a['vmid']) - Number(b['vmid']))
  if (rows.length === 0) return ''
  const line = (cells: readonly unknown[]): string => {
    const [vmid, name, status, memory, disk, pid] = cells.map(String)
    return `${vmid?.padStart(10)} ${name?.padEnd(20)} ${status?.padEnd(10)} ${memory?.padEnd(10)} ${disk?.padStart(12)} ${pid?.padEnd(10)}`.trimEnd()
  }
  const body = rows.map((row) =>
    line([
      row['vmid'],
      row['name'],
      row['status'],
      Number(row['maxmem']) / 1024 ** 2,
      (Number(row['maxdisk']) / 1024 ** 3).toFixed(2),
      row['pid'] ?? 0,
    ]),
  )
  return lines([line(['VMID', 'NAME', 'STATUS', 'MEM(MB)', 'BOOTDISK(GB)', 'PID']), ...body])
}

const configText = (data: unknown): string =>
  lines(
    Object.entries(fieldsOf(data))
      .filter(([key]) => key !== 'digest')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}: ${key === 'description' ? encodeURIComponent(String(value)) : value}`),
  )

const pendingText = (data: unknown): string =>
  lines(
    rowsOf(data).map((row) => {
      if (row['delete'] !== undefined) return `del ${row['key']}`
      return row['pending'] === undefined
        ? `cur ${row['key']}: ${row['value']}`
        : `new ${row['key']}: ${row['pending']}`
    }),
  )

const snapshotText = (data: unknown): string =>
  lines(
    rowsOf(data).map((row, index) =>
      `${' '.repeat(index)}\`-> ${String(row['name']).padEnd(26 - index)} ${row['description'] ?? ''}`.trimEnd(),
    ),
  )

/** `--sshkeys` names a file here, and is its content everywhere else: PVE/CLI/qm.pm `$sshkeys`. */
const withKeys = async (values: Values, read: (path: string) => Promise<string>): Promise<Values> => {
  const { sshkeys } = values
  return sshkeys === undefined
    ? values
    : { ...values, sshkeys: encodeURIComponent((await read(sshkeys)).trimEnd()) }
}

const resize: CliCommand = { ...onVm(methodAt('set', `${vm}/resize`), 'disk', 'size'), ignoresTask: true }
const create = methodAt('create', '/nodes/{node}/qemu')

export const qm = defineCli(
  'qm',
  'Proxmox VE 9.1: qm(1), qm.conf(5), qemu-server PVE/CLI/qm.pm and PVE/API2/Qemu.pm',
  {
    list: { method: methodAt('get', '/nodes/{node}/qemu'), print: listText },
    create: { ...onVm(create), prepare: withKeys },
    set: { ...onVm(methodAt('set', `${vm}/config`)), prepare: withKeys },
    config: { ...onVm(methodAt('get', `${vm}/config`)), print: configText },
    pending: { ...onVm(methodAt('get', `${vm}/pending`)), print: pendingText },
    status: {
      ...onVm(methodAt('get', `${vm}/status/current`)),
      print: (data) => `status: ${fieldsOf(data)['status']}\n`,
    },
    start: power('start'),
    stop: power('stop'),
    shutdown: power('shutdown'),
    reboot: power('reboot'),
    reset: power('reset'),
    suspend: power('suspend'),
    resume: power('resume'),
    clone: onVm(methodAt('create', `${vm}/clone`), 'newid'),
    destroy: onVm(methodAt('delete', vm)),
    template: { ...onVm(methodAt('create', `${vm}/template`)), ignoresTask: true },
    'disk resize': resize,
    resize,
    'cloudinit update': onVm(methodAt('set', `${vm}/cloudinit`)),
    'guest cmd': onVm(methodAt('create', `${vm}/agent`), 'command'),
    unlock: onVm(methodAt('set', `${vm}/unlock`)),
    snapshot: onVm(methodAt('create', `${vm}/snapshot`), 'snapname'),
    delsnapshot: onVm(methodAt('delete', `${vm}/snapshot/{snapname}`), 'snapname'),
    rollback: onVm(methodAt('create', `${vm}/snapshot/{snapname}/rollback`), 'snapname'),
    listsnapshot: { ...onVm(methodAt('get', `${vm}/snapshot`)), print: snapshotText },
  },
)
