/** What a `*.fact` file says: JSON, or sections of `key=value` lines. */
export function parseLocalFact(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parseIni(text)
  }
}

function parseIni(text: string): Readonly<Record<string, unknown>> {
  const sections: Record<string, Record<string, string>> = {}
  let section: Record<string, string> | undefined
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const [, title] = /^\[(.+)\]$/.exec(line) ?? []
    if (title !== undefined) {
      section = sections[title] ?? {}
      sections[title] = section
      continue
    }
    const [, key, value = ''] = /^([^=:#;\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? []
    if (key !== undefined && section) section[key.toLowerCase()] = value
  }
  return sections
}
