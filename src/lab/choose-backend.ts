import { HostError } from '#model/host-error.ts'
import type { LabBackend, Lack } from './backend.ts'
import type { BackendName } from './backend-name.ts'
import { backendOf, backends } from './backends.ts'
import type { WorkContext } from './lab-report.ts'
import { searchSystemFolders } from './missing-programs.ts'
import { runCommand } from './run-command.ts'

interface Refused {
  readonly backend: LabBackend
  readonly lacks: readonly Lack[]
}

/**
 * The backend that was asked for, or the first that this machine can have. For root, Debian packages that are
 * missing are installed; anything else that is missing is named.
 */
export function chooseBackend(wanted: BackendName | undefined, context: WorkContext): Promise<LabBackend> {
  searchSystemFolders()
  return pickBackend(wanted ? [backendOf(wanted)] : backends, context)
}

/** The first of some backends that lacks nothing. */
export async function pickBackend(
  candidates: readonly LabBackend[],
  context: WorkContext,
): Promise<LabBackend> {
  const refused: Refused[] = []
  for (const backend of candidates) {
    const lacks = await supply(backend, context)
    if (lacks.length === 0) {
      if (refused.length > 0 && backend === candidates.at(-1))
        context.report({ step: fallbackNotice(refused) })
      return backend
    }
    refused.push({ backend, lacks })
  }
  throw new HostError('refused', refused.map(sentence).join(' '), { remedy: remedies(refused) })
}

const sentence = ({ backend, lacks }: Refused): string =>
  `The lab backend ${backend.name} needs ${lacks.map(({ what }) => what).join(', ')}, which this machine does not have.`

function remedies(refused: readonly Refused[]): string {
  return [...new Set(refused.flatMap(({ lacks }) => lacks.map(({ remedy }) => remedy)))].join(' ')
}

function fallbackNotice(refused: readonly Refused[]): string {
  const reasons = refused.map(({ backend, lacks }) => {
    const what = lacks.map((lack) => `${lack.what} (${lack.remedy})`)
    return `${backend.name} needs ${what.join(', ')}`
  })
  return `Hosts are plain SSH servers with a folder each, since ${reasons.join(' and ')}`
}

/** Installs what root can install, and gives what is lacking then. */
async function supply(backend: LabBackend, context: WorkContext): Promise<readonly Lack[]> {
  const lacks = await backend.lacks()
  const packages = lacks.flatMap((lack) => lack.packages ?? [])
  const isSupplied = lacks.every((lack) => lack.packages !== undefined && lack.what !== 'apt-get')
  if (lacks.length === 0 || !isSupplied || process.getuid?.() !== 0) return lacks
  await install([...new Set(packages)].sort(), context)
  return backend.lacks()
}

async function install(packages: readonly string[], { report, signal }: WorkContext): Promise<void> {
  report({ step: `Installing ${packages.join(', ')} with apt-get`, slow: true })
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, ...(signal && { signal }) }
  try {
    await runCommand(command, options)
  } catch {
    // The usual reason is an empty or outdated list of packages; a second failure is the user's to read.
    await runCommand(['apt-get', 'update'], options)
    await runCommand(command, options)
  }
}
