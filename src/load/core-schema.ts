/**
 * What plain text means in the YAML 1.2 core schema (yaml.org/spec/1.2.2, 10.3.2), with two differences: digits
 * with a leading zero stay text, since `0644` and `007` are never meant as decimal numbers, and so do integers
 * beyond 2^53, which a number would round.
 */
export function resolvePlain(text: string): string | number | boolean | null {
  // Most plain text starts with a letter that no special word starts with.
  if (text === '') return null
  if (!/^[-+.0-9~nNtTfF]/.test(text)) return text
  if (nulls.has(text)) return null
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  return resolveNumber(text) ?? text
}

const nulls: ReadonlySet<string> = new Set(['~', 'null', 'Null', 'NULL'])

/** The number that a plain text stands for; undefined when it stands for none. */
export function resolveNumber(text: string): number | undefined {
  if (/^[-+]?(0|[1-9][0-9]*)$/.test(text)) return exactDecimal(text)
  if (/^[-+]?0[0-9]+$/.test(text)) return undefined
  if (/^0o[0-7]+$/.test(text)) return exact(Number.parseInt(text.slice(2), 8))
  if (/^0x[0-9a-fA-F]+$/.test(text)) return exact(Number.parseInt(text.slice(2), 16))
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return Number(text)
  if (/^[-+]?(\.inf|\.Inf|\.INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^(\.nan|\.NaN|\.NAN)$/.test(text)) return Number.NaN
  return undefined
}

/** Minus zero is zero; beyond 2^53 only what a number gives back as it was written. */
function exactDecimal(text: string): number | undefined {
  const number = Number(text) + 0
  return Number.isSafeInteger(number) || String(number) === text ? number : undefined
}

function exact(number: number): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined
}
