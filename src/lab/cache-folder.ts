import { join } from 'node:path'

/**
 * Where base images and packages are kept between labs: `$XDG_CACHE_HOME/tsplay/lab`, by default in the
 * home folder, and in /var/cache for a process without one.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { XDG_CACHE_HOME: cache, HOME: home } = env
  const base = cache?.startsWith('/') ? cache : home?.startsWith('/') ? join(home, '.cache') : '/var/cache'
  return join(base, 'tsplay', 'lab')
}
