/** Where a line has `{{` outside quotes and comments. Offsets count from the start of the line. */
export interface UnquotedTemplate {
  readonly start: number
  /** Behind `}}`, or behind what there is of the line. */
  readonly end: number
  /** Whether nothing of the value stands before it. */
  readonly beginsValue: boolean
}

interface Reading {
  readonly at: number
  /** Whether a value may begin here. */
  readonly fresh: boolean
  /** How many brackets are open. */
  readonly depth: number
}

/** Finds the first template that YAML takes for a mapping: at the start of a value, or inside brackets. */
export function unquotedTemplate(line: string): UnquotedTemplate | undefined {
  let reading: Reading = { at: 0, fresh: true, depth: 0 }
  while (reading.at < line.length) {
    const { at, fresh, depth } = reading
    if (line.startsWith('{{', at) && (fresh || depth > 0)) {
      return { start: at, end: endOfTemplate(line, at), beginsValue: fresh }
    }
    if (line[at] === '#' && /\s/.test(line[at - 1] ?? ' ')) return undefined
    reading = next(line, reading)
  }
  return undefined
}

function next(line: string, { at, fresh, depth }: Reading): Reading {
  const char = line[at] ?? ''
  if (fresh && /["']/.test(char)) return { at: endOfQuotes(line, at), fresh: false, depth }
  if (/\s/.test(char)) return { at: at + 1, fresh: fresh || /[:-]/.test(line[at - 1] ?? ''), depth }
  if (fresh && /[[{]/.test(char)) return { at: at + 1, fresh: true, depth: depth + 1 }
  if (depth > 0 && /[\]}]/.test(char)) return { at: at + 1, fresh: false, depth: depth - 1 }
  return { at: at + 1, fresh: depth > 0 && char === ',', depth }
}

function endOfQuotes(line: string, start: number): number {
  const quoted = line[start] === '"' ? /"(?:\\.|[^"\\])*"?/y : /'(?:''|[^'])*'?/y
  quoted.lastIndex = start
  return start + (quoted.exec(line)?.[0].length ?? 1)
}

function endOfTemplate(line: string, start: number): number {
  const close = line.indexOf('}}', start)
  return close < 0 ? line.trimEnd().length : close + 2
}
