/**
 * Proxmox's property strings, `virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1`: parts by name, in order. A part
 * without a name has the default one.
 */
export function parseProperties(text: string, defaultName: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(',')
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.indexOf('=')
        return at === -1 ? [defaultName, part] : [part.slice(0, at), part.slice(at + 1)]
      }),
  )
}

/** The parts as Proxmox reads them; the default part goes without its name. */
export function propertiesText(parts: ReadonlyMap<string, string>, defaultName: string): string {
  return [...parts].map(([name, value]) => (name === defaultName ? value : `${name}=${value}`)).join(',')
}

/** Whether every part is there with that value. `0` and `off` mean the same as a part that is missing. */
export function hasProperties(
  present: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): boolean {
  return [...wanted].every(([name, value]) => plain(present.get(name)) === plain(value))
}

const plain = (value = '0'): string => {
  if (value === 'off' || value === 'no') return '0'
  return value === 'on' || value === 'yes' ? '1' : value
}
