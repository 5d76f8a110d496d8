import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { onTestFinished } from 'vitest'

/**
 * A small disk of its own, for what happens when one is full or read-only; gone after the test. Needs root;
 * undefined without.
 */
export function mountTiny(folder: string, options = 'size=64k'): { remount(how: string): void } | undefined {
  if (process.getuid?.() !== 0) return undefined
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tsplay-test', folder], { stdio: 'ignore' })
  } catch {
    // In a container without the right to mount.
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })
  return { remount: (how) => execFileSync('mount', ['-o', `remount,${how}`, folder]) }
}
