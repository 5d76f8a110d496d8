import type { Ending } from './wire.ts'

/** What was printed before the shell was ready; its end, if it was long. */
export interface Noise {
  readonly stdout: string
  readonly stderr: string
}

/** The program ended, or its road broke, before the shell said that it was ready: no frame has run. */
export class ShellNotReady extends Error {
  override readonly name = 'ShellNotReady'
  readonly ending: Ending
  readonly noise: Noise

  constructor(ending: Ending, noise: Noise) {
    super('The shell ended before it was ready.')
    this.ending = ending
    this.noise = noise
  }
}
