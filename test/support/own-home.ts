import { onTestFinished } from 'vitest'
import { scratchFolder } from './scratch-folder.ts'

/** A home folder of the test's own, for shells on this machine that are started from now on. */
export async function ownHome(): Promise<string> {
  const home = await scratchFolder()
  const before = process.env['HOME']
  process.env['HOME'] = home
  onTestFinished(() => {
    process.env['HOME'] = before
  })
  return home
}
