import { defineKeyedFact } from '#sdk/fact.ts'
import { type ListedEntry, listScript, parseListing } from '#sdk/listing.ts'

/** Everything below folders, at any depth, links not followed: for folders that are known not to be huge. */
export default defineKeyedFact<readonly ListedEntry[]>({
  name: 'directory-listing',
  summary: 'Everything below folders.',
  binary: true,
  // A slash at the end leads through a link to a folder; the folder itself is left out when parsing.
  script: (folders) =>
    folders.map((folder) => `printf '\\035'; ${listScript([slashed(folder)]).text}`).join('\n'),
  reads: (folder) => [{ kind: 'path', name: folder }],
  parse({ stdout }, folders) {
    const parts = stdout.split('\x1d').slice(1)
    return folders.map((_, i) => parseListing(parts[i] ?? '').filter(({ path }) => !path.endsWith('/')))
  },
})

const slashed = (folder: string): string => (folder.endsWith('/') ? folder : `${folder}/`)
