import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generatedFiles, staleFiles } from './generated-files.ts'

// node scripts/generate.ts [--check]
// Writes the table of modules and all reference pages. With --check nothing is written: it names what is stale.

const root = join(import.meta.dirname, '..')
const files = await generatedFiles()
const stale = staleFiles(files)

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`${path} is stale. Run "npm run generate".`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const path of stale) renew(join(root, path), files.get(path))
}

function renew(path: string, text: string | undefined): void {
  if (text === undefined) {
    rmSync(path)
    return
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
