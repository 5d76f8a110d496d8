import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { scratchFolder } from './scratch-folder.ts'

/** A scratch folder with these files; text that begins with `#!` is made executable. */
export async function writeFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await scratchFolder()
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
    if (typeof content === 'string' && content.startsWith('#!')) await chmod(path, 0o755)
  }
  return folder
}
