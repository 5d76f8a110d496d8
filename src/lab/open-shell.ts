import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { LabPlan } from './lab-plan.ts'

/**
 * Runs OpenSSH's client on this terminal: a login shell on a lab host, or one command there.
 * Gives the client's exit code, which is the command's, or 255 when the host cannot be reached.
 */
export async function openShell(
  plan: Pick<LabPlan, 'folder'>,
  host: string,
  command: readonly string[],
): Promise<number> {
  const words = command.length > 0 ? ['--', ...command] : []
  const child = spawn('ssh', ['-F', join(plan.folder, 'ssh_config'), host, ...words], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 255
}
