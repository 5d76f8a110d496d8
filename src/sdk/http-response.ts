/** What a web server said, without the body. */
export interface HttpResponse {
  /** 0 when there was no answer. */
  readonly status: number
  /** The exit code of the program that asked; an answer may have come all the same. */
  readonly rc: number
  readonly reason: string
  /** Names in lower case; several of one name are joined with a comma, as RFC 9110 allows. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the answer came from, when redirects led there. */
  readonly location: string | undefined
  /** What the program complained of. */
  readonly error: string
}

/** Reads the stderr of `httpScript`: blocks of headers, and complaints. The last block counts. */
export function parseHttp(stderr: string): HttpResponse {
  const lines = stderr.split('\n').map((line) => line.trim())
  const starts = lines.flatMap((line, i) => (statusLine.test(line) ? [i] : []))
  const last = starts.at(-1)
  const [, status = '0', reason = ''] = last === undefined ? [] : (statusLine.exec(lines[last] ?? '') ?? [])
  const block = last === undefined ? [] : lines.slice(last + 1)
  const end = block.indexOf('')
  const fields = end < 0 ? block : block.slice(0, end)
  return {
    status: Number(status),
    rc: Number(/^exit (\d+)$/m.exec(stderr)?.[1] ?? 1),
    reason,
    headers: headersOf(fields),
    location: redirect(lines.slice(0, last ?? 0)),
    error: lines.filter((line) => complaint.test(line)).join(' '),
  }
}

const complaint = /^(curl|wget): |^The host has|^A .* needs curl|failed: |unable to resolve|ERROR/

/** BusyBox's wget names an error's status inside a complaint. */
const statusLine = /^(?:wget: server returned error: )?HTTP\/[\d.]+ (\d{3})(?: (.*))?$/

function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value = ''] = /^([^\s:]+):\s*(.*)$/.exec(line) ?? []
    if (name === undefined) continue
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  }
  return headers
}

const redirect = (lines: readonly string[]): string | undefined =>
  lines.map((line) => /^location:\s*(\S+)/i.exec(line)?.[1]).findLast((found) => found !== undefined)
