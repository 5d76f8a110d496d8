import { createHash } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aptCommand } from './apt-command.ts'
import { cacheFolder } from './cache-folder.ts'
import type { HostBase } from './host-base.ts'
import type { WorkContext } from './lab-report.ts'
import { packageLists } from './package-lists.ts'
import { readFirst } from './read-first.ts'
import { requireSpace } from './require-space.ts'
import { runCommand } from './run-command.ts'
import { withWorkFolder } from './with-work-folder.ts'

/** What apt's lists of a release take, and some packages. */
const packageMegabytes = 200

/**
 * A folder that apt on a lab host can use as `deb [trusted=yes] http://gateway/ ./`: the packages asked for,
 * all they depend on beyond their base, and their index. Fetched once with this machine's own apt.
 */
export async function packageSource(
  base: HostBase,
  packages: readonly string[],
  context: WorkContext,
): Promise<string> {
  const folder = join(cacheFolder(), 'packages')
  const names = [...new Set(packages)].sort()
  const digest = createHash('sha256')
    .update(JSON.stringify([base.key, names]))
    .digest('hex')
  const source = join(folder, digest.slice(0, 16))
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).includes(digest.slice(0, 16))) return source
  if (names.length > 0) {
    await requireSpace(cacheFolder(), packageMegabytes, `packages of hosts (${names.join(', ')})`)
    context.report({ step: `Fetching packages for the hosts: ${names.join(', ')}`, slow: true })
  }
  await withWorkFolder(cacheFolder(), async (work) => {
    const archives = await fetchInto(work, base, {
      names,
      ...(context.signal && { signal: context.signal }),
    })
    await writeFile(join(archives, 'Packages'), await packagesIndex(archives))
    await rename(archives, source).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  })
  return source
}

/** Downloads into a state of apt's own, in which exactly the base's packages count as installed. */
async function fetchInto(
  work: string,
  base: HostBase,
  { names, signal }: { readonly names: readonly string[]; readonly signal?: AbortSignal },
): Promise<string> {
  const archives = join(work, 'cache', 'archives')
  await mkdir(archives, { recursive: true })
  if (names.length === 0) return archives
  await writeFile(join(work, 'sources.list'), base.sources)
  await writeFile(join(work, 'status'), await readFirst(base.roots, 'var/lib/dpkg/status'))
  const lists = await packageLists(base.sources, signal)
  const apt = await aptCommand({ work, lists })
  const options = signal ? { signal } : {}
  await lendKnown(archives, await runCommand([...apt, 'install', '--print-uris', ...names], options))
  await runCommand([...apt, 'install', '--download-only', ...names], options)
  await rm(join(archives, 'partial'), { recursive: true, force: true })
  await rm(join(archives, 'lock'), { force: true })
  return archives
}

/** Packages that another set has are not fetched a second time: apt checks whether they are what it wants. */
async function lendKnown(archives: string, uris: string): Promise<void> {
  const folder = join(cacheFolder(), 'packages')
  const others = await readdir(folder)
  const files = uris.split('\n').flatMap((line) => /^'[^']+' (\S+[.]deb) /.exec(line)?.[1] ?? [])
  const lend = async (file: string) => {
    for (const other of others) {
      const isLent = await link(join(folder, other, file), join(archives, file)).then(
        () => true,
        // It is not in this set.
        () => false,
      )
      if (isLent) return
    }
  }
  await Promise.all(files.map(lend))
}

/** The index that apt reads; see the "Packages" format in Debian's repository documentation. */
async function packagesIndex(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.deb')).sort()
  const stanzas: string[] = []
  for (const file of files) {
    const path = join(folder, file)
    const [control, content] = await Promise.all([runCommand(['dpkg-deb', '--field', path]), readFile(path)])
    const sum = createHash('sha256').update(content).digest('hex')
    stanzas.push(`${control.trimEnd()}\nFilename: ./${file}\nSize: ${content.length}\nSHA256: ${sum}\n`)
  }
  return stanzas.join('\n')
}
