import { existsSync, readFileSync } from 'node:fs'
import type { DoubleHost } from '../host.ts'

/**
 * The version that a program has on this host: of the package that stands for it in the lab, whose installing writes
 * /var/lib/tsplay-lab/versions/<program>; that of the platform otherwise.
 */
export async function programVersion(host: DoubleHost, program: string): Promise<string> {
  const file = host.path(`/var/lib/tsplay-lab/versions/${program}`)
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'v1.28.15'
}
