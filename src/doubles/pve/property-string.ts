/** `virtio=BC:…,bridge=vmbr0`: a list of settings in one text; the first may lack its name. PVE/JSONSchema.pm. */
export function parseProperties(text: string, unnamed: string): Map<string, string> {
  const parts = text.split(',').map((part) => {
    const index = part.indexOf('=')
    return index < 0 ? ([unnamed, part] as const) : ([part.slice(0, index), part.slice(index + 1)] as const)
  })
  return new Map(parts)
}

export function printProperties(properties: ReadonlyMap<string, string>, unnamed: string): string {
  return [...properties].map(([key, value]) => (key === unnamed ? value : `${key}=${value}`)).join(',')
}

const units = 'KMGT'

/** `32G`, `512M`, bytes without a unit; GiB for what `STORAGE:SIZE` allocates. */
export function parseDiskSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text)
  if (!match) return undefined
  return Math.round(Number(match[1]) * 1024 ** (match[2] ? units.indexOf(match[2]) + 1 : 0))
}

/** PVE/QemuServer/Drive.pm `print_drive`: the largest unit that leaves a whole number. */
export function showDiskSize(bytes: number): string {
  const index = [4, 3, 2, 1].find((power) => bytes > 0 && bytes % 1024 ** power === 0)
  return index === undefined ? String(bytes) : `${bytes / 1024 ** index}${units[index - 1]}`
}
