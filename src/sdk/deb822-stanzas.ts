import { parseDeb822 } from './deb822.ts'

/** The stanzas of a deb822(5) file, each with the blank lines and comments before it: joined, they are the file again. */
export function splitStanzas(text: string): readonly string[] {
  const stanzas: string[] = []
  let stanza = ''
  for (const part of text.split(/(?<=\n)(?=[ \t]*\n)/)) {
    stanza += part
    if (parseDeb822(stanza).size === 0) continue
    stanzas.push(stanza)
    stanza = ''
  }
  return stanza === '' ? stanzas : [...stanzas, stanza]
}

/** apt takes all of these for no; a stanza that says nothing is enabled. */
export const isEnabled = (stanza: string): boolean =>
  !/^(no|false|without|off|disable|0)$/i.test(parseDeb822(stanza).get('enabled') ?? 'yes')

/** The stanza, enabled or not; all else in it stays. */
export function setEnabled(stanza: string, enabled: boolean): string {
  if (isEnabled(stanza) === enabled) return stanza
  const value = enabled ? 'true' : 'false'
  if (/^enabled:/im.test(stanza)) return stanza.replace(/^(enabled:)[^\n]*/im, `$1 ${value}`)
  const end = stanza.endsWith('\n') ? '' : '\n'
  return `${stanza}${end}Enabled: ${value}\n`
}
