import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Everything below a folder, one line an entry: type, mode, links and content; no times. */
export function treeOf(root: string, below = ''): readonly string[] {
  const entries = readdirSync(join(root, below)).sort()
  return entries.flatMap((name) => {
    const path = join(below, name)
    const stat = lstatSync(join(root, path))
    if (stat.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path)).replace(root, 'ROOT')}`]
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isDirectory()) return [`${path}/ ${mode}`, ...treeOf(root, path)]
    const content = readFileSync(join(root, path))
    const sum = createHash('sha256').update(content).digest('hex').slice(0, 12)
    return [`${path} ${mode} ${stat.nlink} ${sum} ${content.length < 400 ? content.toString() : ''}`]
  })
}
