import checksum, { checksumKey } from '#facts/checksum.ts'
import fileContent from '#facts/file-content.ts'
import pathState from '#facts/path-state.ts'
import { type FindArgs, findArgs } from '#sdk/find-args.ts'
import { containsTest, findTest, findTests } from '#sdk/find-filter.ts'
import type { ReadHost } from '#sdk/host.ts'
import { type ListedEntry, listScript, parseListing } from '#sdk/listing.ts'
import { defineModule } from '#sdk/module.ts'
import { statData } from '#sdk/stat-data.ts'
import { textFile } from '#sdk/text-file.ts'

interface State {
  readonly found: readonly ListedEntry[]
  readonly examined: number
  readonly sums: readonly (string | undefined)[]
  /** Paths that are no folder, with what they are. */
  readonly skipped: Readonly<Record<string, string>>
}

export default defineModule({
  summary: 'Finds files and folders by name, age, size, mode and content.',
  description: `The result has \`files\`, \`matched\` and \`examined\` (what had a right name and type). Folders that do not
exist are no failure; they are listed in \`skipped_paths\`.`,
  args: findArgs,
  argumentAliases: { path: 'paths', name: 'paths', pattern: 'patterns', exclude: 'excludes' },
  examples: [
    { title: 'Find old logs', args: { paths: ['/var/log'], patterns: ['*.gz'], age: '4w', recurse: true } },
    { title: 'Find large files', args: { paths: ['/srv'], size: '1g', recurse: true } },
    {
      title: 'Find folders',
      args: { paths: ['/etc'], file_type: 'directory', patterns: ['.+\\.d$'], use_regex: true },
    },
  ],

  async probe({ args, host, controller }): Promise<State> {
    const paths = args.paths
    const script = listScript(paths.map(slashed), findTests(args), args.follow)
    const reads = paths.map((name) => ({ kind: 'path', name }) as const)
    const [{ stdout }, places] = await Promise.all([
      host.read(script, { binary: true, reads }),
      Promise.all(paths.map((path) => host.fact(pathState, path))),
    ])
    const listed = parseListing(stdout)
    const named = listed.filter(findTest(args, controller.now().getTime() / 1000))
    const matching = args.contains === undefined ? named : await containing(host, args, named)
    const found = matching.slice(0, args.limit)
    const sums = args.get_checksum ? await sumsOf(host, found) : []
    const skipped = places.flatMap(({ followed }, i) =>
      followed?.type === 'directory' ? [] : [[paths[i] ?? '', `'${paths[i]}' is not a directory`] as const],
    )
    return { found, examined: listed.length, sums, skipped: Object.fromEntries(skipped) }
  },

  plan: () => [],

  result({ state: { found, examined, sums, skipped } }) {
    const files = found.map(({ path, entry }, i) => ({
      ...statData(path, entry),
      ...(sums[i] === undefined ? {} : { checksum: sums[i] }),
    }))
    const isWhole = Object.keys(skipped).length === 0
    const msg = isWhole ? 'All paths examined' : 'Not all paths examined, check warnings for details'
    return { msg, data: { files, matched: files.length, examined, skipped_paths: skipped } }
  },
})

/** A slash leads through a link to a folder. */
const slashed = (path: string): string => (path.endsWith('/') ? path : `${path}/`)

async function containing(
  host: ReadHost,
  args: FindArgs,
  entries: readonly ListedEntry[],
): Promise<readonly ListedEntry[]> {
  const test = containsTest(args)
  const files = entries.filter(({ entry }) => entry.type === 'file')
  const matches = await Promise.all(
    files.map(async ({ path }) => {
      const [place, known] = await Promise.all([host.fact(pathState, path), host.fact(fileContent, path)])
      const { content } = await textFile(host, place, known)
      return content !== undefined && test(content.text)
    }),
  )
  return files.filter((_, i) => matches[i])
}

const sumsOf = (host: ReadHost, found: readonly ListedEntry[]): Promise<readonly (string | undefined)[]> =>
  Promise.all(
    found.map(({ path, entry }) =>
      entry.type === 'file' ? host.fact(checksum, checksumKey(path, 'sha1')) : undefined,
    ),
  )
