import { describe, expect, it } from 'vitest'
import { cacheFolder } from '#lab/cache-folder.ts'

describe('the cache', () => {
  it.each([
    [{ XDG_CACHE_HOME: '/c', HOME: '/h' }, '/c/tsplay/lab'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/tsplay/lab'],
    [{ HOME: '' }, '/var/cache/tsplay/lab'],
    [{}, '/var/cache/tsplay/lab'],
  ])('with %j lies in %s', (env, folder) => {
    expect(cacheFolder(env)).toBe(folder)
  })
})
