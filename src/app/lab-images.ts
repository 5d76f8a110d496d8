import type { Terminal } from '#base/terminal.ts'
import { type CachedPart, cachedParts, removeCached } from '#lab/image-cache.ts'
import { defaultSuite, suites } from '#lab/lab-spec.ts'
import { makeImages } from '#lab/make-images.ts'
import { columns } from './lab-table.ts'
import type { LabRequest, Outcome } from './requests.ts'

type ImageRequest = Extract<LabRequest, { action: 'image' }>

const done: Outcome = { exitReason: 'done' }

/** `tsplay lab image`: what labs keep between each other. */
export async function controlImages(
  request: ImageRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  const unknown = request.suites.find((word) => !suites.some((suite) => suite === word))
  if (unknown !== undefined) {
    terminal.notice(`error: There is no suite "${unknown}". There is ${suites.join(', ')}.`)
    return { exitReason: 'usage' }
  }
  if (request.what === 'build') return await build(request, terminal, signal)
  if (request.what === 'remove') {
    const removed = await removeCached(request.suites)
    terminal.notice(removed.length > 0 ? `Removed ${summary(removed)}.` : 'There was nothing to remove.')
    return done
  }
  const parts = await cachedParts()
  if (parts.length > 0) terminal.stdout.write(columns([['KIND', 'KEY', 'SIZE', 'MADE'], ...parts.map(row)]))
  else terminal.notice('Nothing was built yet. The first tsplay lab up does it.')
  return done
}

async function build(request: ImageRequest, terminal: Terminal, signal: AbortSignal): Promise<Outcome> {
  const wanted = suites.filter((suite) => request.suites.includes(suite))
  const report = ({ step }: { readonly step: string }) => terminal.notice(`${step} …`)
  await makeImages(wanted.length > 0 ? wanted : [defaultSuite], {
    report,
    signal,
    ...(request.backend && { backend: request.backend }),
  })
  terminal.notice('The images are built.')
  return done
}

const row = ({ kind, key, bytes, madeAt }: CachedPart): string[] => [
  kind,
  key,
  megabytes(bytes),
  madeAt.toISOString().slice(0, 16).replace('T', ' '),
]

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

function summary(parts: readonly CachedPart[]): string {
  const size = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  return `${parts.map(({ kind, key }) => `${kind} ${key}`).join(', ')} (${megabytes(size)})`
}
