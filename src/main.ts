import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// In the user's own cache, never in a shared temporary folder, where others could plant code.
const cache = process.env['XDG_CACHE_HOME'] ?? (process.env['HOME'] && join(process.env['HOME'], '.cache'))
if (cache) enableCompileCache(join(cache, 'tsplay', 'compiled'))

const { start } = await import('#cli/start.ts')
process.exitCode = await start(process.argv.slice(2), process.env)
