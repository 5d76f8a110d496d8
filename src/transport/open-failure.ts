import { HostError } from '#model/host-error.ts'
import { becomeError, wantsTerminal } from './become-failure.ts'
import type { Launch } from './launch.ts'
import { ShellNotReady } from './shell-not-ready.ts'

/** Explains a shell that did not come about; undefined when it should be tried with a terminal. */
export function openFailure(error: unknown, launch: Launch, loginUser: string): HostError | undefined {
  if (error instanceof HostError) return error
  if (!(error instanceof ShellNotReady)) throw error
  const { ending, noise } = error
  if (ending.lost)
    return new HostError('connection-lost', `The connection broke: ${ending.lost.message}`, { cause: error })
  if (launch.become && !launch.pty && wantsTerminal(error)) return undefined
  if (launch.become) return becomeError(error, launch, launch.become)
  const said = [noise.stdout, noise.stderr].map((text) => text.trim()).filter((text) => text !== '')
  const words = said.length > 0 ? ` It said: ${said.join(' / ')}` : ''
  const how = ending.rc === undefined ? 'in time' : `(exit code ${ending.rc})`
  return new HostError(
    'unreachable',
    `The login shell of ${loginUser} did not start a POSIX shell ${how}.${words}`,
    {
      remedy: 'tsplay needs an account whose login shell runs commands.',
      stderr: said.join('\n'),
      cause: error,
    },
  )
}
