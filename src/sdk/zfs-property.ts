import { bytesOf } from './byte-size.ts'
import { linesOf } from './sections.ts'

/** A property as `get -Hp` prints it. */
export interface ZfsProperty {
  readonly value: string
  /** `local`, `default`, `inherited from tank`, `received`, `temporary`, `-`. */
  readonly source: string
}

export type ZfsProperties = ReadonlyMap<string, ZfsProperty>

/** Lines of `zfs get -Hp -o property,value,source all`. */
export function parseZfsProperties(text: string): ZfsProperties {
  return new Map(
    linesOf(text).flatMap((line) => {
      const [name, value, source] = line.split('\t')
      return name === undefined || value === undefined
        ? []
        : [[name, { value, source: source ?? '-' }] as const]
    }),
  )
}

/** Whether two values mean the same: `1M` and `1048576`, `none` and `0`, `on` and `ON`. */
export function sameZfsValue(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b)
}

function canonical(value: string): string {
  const text = value.trim()
  if (/^(none|off|on)$/i.test(text)) return text.toLowerCase() === 'none' ? '0' : text.toLowerCase()
  return String(bytesOf(text) ?? text)
}

/** A value from YAML as ZFS spells it. */
export const zfsValue = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
