/** Lines of sysctl.conf(5): `key = value`; a leading dash says that failing is fine. */
const setting = /^\s*(-?)\s*([^\s=#;-][^\s=]*)\s*=\s*(.*?)\s*$/

const plain = (key: string): string => key.replaceAll('/', '.')

const linesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line, i, all) => line !== '' || i < all.length - 1)

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

const keyOf = (line: string): string | undefined => {
  const [, , key] = setting.exec(line) ?? []
  return key === undefined ? undefined : plain(key)
}

/** The last line about a setting counts. */
export function settingOf(text: string, key: string): string | undefined {
  const line = linesOf(text).findLast((other) => keyOf(other) === plain(key))
  return line === undefined ? undefined : setting.exec(line)?.[3]
}

/** Sets the last line about a setting and drops the others; a new line goes to the end. */
export function setSetting(text: string, key: string, value: string): string {
  const lines = linesOf(text)
  const last = lines.findLastIndex((line) => keyOf(line) === plain(key))
  const same = normalized(settingOf(text, key)) === normalized(value)
  const line = `${key} = ${value}`
  if (last < 0) return textOf([...lines, line])
  return textOf(
    lines.flatMap((other, i) =>
      i === last ? [same ? other : line] : keyOf(other) === plain(key) ? [] : [other],
    ),
  )
}

export function removeSetting(text: string, key: string): string {
  const lines = linesOf(text)
  const kept = lines.filter((line) => keyOf(line) !== plain(key))
  return kept.length === lines.length ? text : textOf(kept)
}

const normalized = (value: string | undefined): string | undefined => value?.trim().replaceAll(/\s+/g, ' ')
