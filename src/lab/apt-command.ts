import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where an apt works that knows nothing of this machine's packages. */
export interface AptFolders {
  /** Holds its `sources.list`, its `status` of installed packages, and its `cache`. */
  readonly work: string
  readonly lists: string
}

/** A command line of apt-get with a state of its own; its packages lie in the `cache/archives` of its work folder. */
export async function aptCommand(folders: AptFolders): Promise<string[]> {
  await mkdir(join(folders.work, 'cache', 'archives', 'partial'), { recursive: true })
  await mkdir(join(folders.work, 'state'), { recursive: true })
  const file = join(folders.work, 'apt.conf')
  await writeFile(file, aptSettings(folders))
  // APT_CONFIG is read first and the machine's own files after it, so only options win over those.
  return ['apt-get', '--quiet', '--yes', `--config-file=${file}`]
}

function aptSettings({ work, lists }: AptFolders): string {
  const settings: Readonly<Record<string, string>> = {
    'Dir::State': join(work, 'state'),
    'Dir::State::status': join(work, 'status'),
    'Dir::State::lists': lists,
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
