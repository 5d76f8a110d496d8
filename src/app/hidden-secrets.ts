import type { Redactor } from '#base/redactor.ts'
import { connectionVariable } from '#model/connection-variables.ts'

const passwords: ReadonlySet<string | undefined> = new Set([
  'ssh_password',
  'ssh_private_key_passphrase',
  'become_password',
])

/** Whether a variable is a password by its very name, whatever file it stands in. */
export const isPassword = (name: string): boolean => passwords.has(connectionVariable(name))

/** Plain data without secrets that are part of longer text, and without numbers from encrypted files. */
export function hideSecrets(value: unknown, redactor: Redactor): unknown {
  if (redactor.idle) return value
  if (typeof value === 'string') return redactor.redact(value)
  if (typeof value === 'number') return redactor.redact(String(value)) === String(value) ? value : '***'
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideSecrets(item, redactor)]))
}
