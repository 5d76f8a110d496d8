import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The content of a file in the topmost of some layers that has it. */
export async function readFirst(layers: readonly string[], path: string): Promise<string> {
  for (const layer of layers) {
    const text = await readFile(join(layer, path), 'utf8').catch((error: NodeJS.ErrnoException) => error)
    if (typeof text === 'string') return text
    if (text.code !== 'ENOENT') throw text
  }
  throw new Error(`No layer has ${path}.`)
}
