import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import type { HostBase } from './host-base.ts'
import type { WorkContext } from './lab-report.ts'
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
  wanted: { readonly names: readonly string[]; readonly signal?: AbortSignal },
): Promise<string> {
  const archives = join(work, 'cache', 'archives')
  await mkdir(join(archives, 'partial'), { recursive: true })
  await mkdir(join(work, 'state', 'lists', 'partial'), { recursive: true })
  await writeFile(join(work, 'sources.list'), base.sources)
  await writeFile(join(work, 'status'), await readFirst(base.roots, 'var/lib/dpkg/status'))
  await writeFile(join(work, 'apt.conf'), aptSettings(work))
  // APT_CONFIG is read first and the machine's own files after it, so only options win over those.
  const apt = ['apt-get', '--quiet', '--yes', `--config-file=${join(work, 'apt.conf')}`]
  const options = wanted.signal ? { signal: wanted.signal } : {}
  if (wanted.names.length > 0) {
    await runCommand([...apt, 'update'], options)
    await runCommand([...apt, 'install', '--download-only', ...wanted.names], options)
  }
  await rm(join(archives, 'partial'), { recursive: true, force: true })
  await rm(join(archives, 'lock'), { force: true })
  return archives
}

function aptSettings(work: string): string {
  const settings: Readonly<Record<string, string>> = {
    'Dir::State': join(work, 'state'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferencesparts': '-',
    'Acquire::Languages': 'none',
    'APT::Install-Recommends': 'false',
    // The work folder is root's; apt's sandbox user could not write there and would only warn.
    'APT::Sandbox::User': 'root',
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";`)
  // Hooks of this machine (caches of desktop programs and the like) have no business with hosts.
  return `${lines.join('\n')}\n#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n#clear DPkg::Post-Invoke;\n`
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
