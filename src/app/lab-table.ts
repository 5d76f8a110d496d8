import { padEnd } from '#base/display-width.ts'
import type { LabHostStatus } from '#lab/lab-status.ts'

const titles = ['HOST', 'GROUPS', 'ADDRESS', 'IN THE LAB', 'SSH', 'PID', 'UP', 'MEMORY']

/** Lab hosts as a person reads them. */
export function statusTable(hosts: readonly LabHostStatus[]): string {
  return columns([titles, ...hosts.map(statusRow)])
}

/** Rows of words, with the words of a column below each other. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => padEnd(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function statusRow(host: LabHostStatus): string[] {
  return [
    host.name,
    host.groups.join(','),
    `${host.endpoint.address}:${host.endpoint.port}`,
    host.address,
    host.ssh,
    host.pid === undefined ? '-' : String(host.pid),
    host.uptimeMs === undefined ? '-' : `${Math.round(host.uptimeMs / 1000)} s`,
    host.memoryBytes === undefined ? '-' : `${(host.memoryBytes / 1e6).toFixed(0)} MB`,
  ]
}
