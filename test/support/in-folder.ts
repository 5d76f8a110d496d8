import { chdir, cwd } from 'node:process'
import { onTestFinished } from 'vitest'
import { writeFiles } from './write-files.ts'

/** Makes a scratch folder with these files the working folder until the test ends. */
export async function inFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await writeFiles(files)
  const before = cwd()
  onTestFinished(() => chdir(before))
  chdir(folder)
  return folder
}
