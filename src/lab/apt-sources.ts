import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'

/** One `deb` source of apt, after both of its file formats. */
export interface AptSource {
  readonly uri: string
  readonly suite: string
  readonly components: readonly string[]
  readonly signedBy?: string
}

/**
 * The lines of a sources.list that give the hosts' Debian release, taken from where this machine itself gets
 * Debian packages. A machine on another release than the hosts has its release's name replaced.
 */
export async function sourcesFor(suite: string, etc = '/etc'): Promise<string> {
  const all = await machineSources(join(etc, 'apt'))
  const own = /^VERSION_CODENAME=(\w+)/m.exec(await readFile(join(etc, 'os-release'), 'utf8'))?.[1]
  const lines = debianSources(all, own ?? suite, suite)
  if (lines.length > 0) return `${lines.join('\n')}\n`
  throw new HostError('refused', `This machine's apt sources name no Debian mirror for ${suite}.`, {
    remedy: `Add a source for ${suite} to /etc/apt/sources.list.d.`,
  })
}

async function machineSources(apt: string): Promise<AptSource[]> {
  const parts = await readdir(join(apt, 'sources.list.d')).catch(() => [])
  const files = ['sources.list', ...parts.sort().map((part) => join('sources.list.d', part))]
  const found = await Promise.all(files.map((file) => readSources(join(apt, file))))
  return found.flat()
}

async function readSources(file: string): Promise<AptSource[]> {
  // Debian 12's container images have no sources.list, only a .sources file.
  const text = await readFile(file, 'utf8').catch(() => '')
  if (file.endsWith('.sources')) return parseDeb822(text)
  return file.endsWith('.list') ? parseOneLine(text) : []
}

/** Reads the one-line format: `deb [options] uri suite component…`. See sources.list(5). */
export function parseOneLine(text: string): AptSource[] {
  const line = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/
  return text.split('\n').flatMap((row) => {
    const match = line.exec(row.trim())
    if (!match) return []
    const [, options = '', uri = '', suite = '', components = ''] = match
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1]
    return [{ uri, suite, components: words(components), ...(signedBy && { signedBy }) }]
  })
}

/** Reads the stanzas of a `.sources` file; a stanza stands for each of its URIs with each of its suites. */
export function parseDeb822(text: string): AptSource[] {
  const stanzas = text.replace(/^#.*\n?/gm, '').split(/\n\s*\n/)
  return stanzas.flatMap((stanza) => {
    const fields = new Map(
      [...stanza.matchAll(/^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)/gm)].map(([, name = '', value = '']) => [
        name.toLowerCase(),
        value,
      ]),
    )
    const get = (name: string) => words(fields.get(name) ?? '')
    if (!get('types').includes('deb') || get('enabled')[0] === 'no') return []
    // A key written into the file itself cannot be passed on as an option.
    const signedBy = get('signed-by')[0]?.startsWith('/') ? get('signed-by')[0] : undefined
    return get('uris').flatMap((uri) =>
      get('suites').map((suite) => ({
        uri,
        suite,
        components: get('components'),
        ...(signedBy && { signedBy }),
      })),
    )
  })
}

/** The main sources of `wanted`, as lines; `own` is the release that the given sources are for. */
export function debianSources(sources: readonly AptSource[], own: string, wanted: string): string[] {
  const names = new RegExp(`^(?:${own}|${wanted})(-updates|-security)?$`)
  const lines = sources.flatMap((source) => {
    const match = names.exec(source.suite)
    if (!match || !source.components.includes('main')) return []
    const option = source.signedBy ? `[signed-by=${source.signedBy}] ` : ''
    return [`deb ${option}${source.uri} ${wanted}${match[1] ?? ''} main`]
  })
  return [...new Set(lines)]
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
