import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// In the user's own cache, never in a shared temporary folder, where others could plant code.
const cache = process.env['XDG_CACHE_HOME'] ?? (process.env['HOME'] && join(process.env['HOME'], '.cache'))
if (cache) enableCompileCache(join(cache, 'tsplay', 'compiled'))

const words = process.argv.slice(2)
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  // Scripts ask it often, and it needs nothing of what follows.
  const { ownVersion } = await import('#cli/own-version.ts')
  process.stdout.on('error', () => undefined).write(`${ownVersion()}\n`)
} else {
  const { start } = await import('#cli/start.ts')
  process.exitCode = await start(words, process.env)
}
