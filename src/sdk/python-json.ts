/**
 * JSON in the very form that Ansible writes it, so that a file it has written stays as it is: a space behind colons
 * and commas, and everything beyond ASCII escaped (the defaults of Python's `json.dumps`).
 */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(
      ([key, item]) => `${ascii(JSON.stringify(key))}: ${pythonJson(item)}`,
    )
    return `{${pairs.join(', ')}}`
  }
  return ascii(JSON.stringify(value) ?? 'null')
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
