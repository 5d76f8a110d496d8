import type { HostError } from '#model/host-error.ts'
import type { Frame, FrameResult } from '#model/transport.ts'
import { newNonce } from './nonce.ts'
import type { Program, ProgramEnd } from './program.ts'
import { quoted } from './shell-text.ts'

export interface FifoProgramOptions {
  readonly script: string
  /** Runs a frame as the other user, in a shell that nothing else uses. */
  readonly run: (frame: Frame) => Promise<FrameResult>
  /** Starts a script as the login user. */
  readonly start: (script: string) => Promise<Program>
}

/**
 * Runs a script as a user who can be become through a terminal only. A terminal mixes the outputs and has no end
 * of input, so the bytes go through named pipes to the login user, who has channels without one.
 *
 * The pipes' folder cannot be listed and their names cannot be guessed, so nobody else can open them.
 */
export async function startFifoProgram({ script, run, start }: FifoProgramOptions): Promise<Program> {
  // If the other user cannot be become, this says so before anything is made.
  await run({ script: ':' })
  const folder = `/tmp/tsplay-${newNonce()}`
  const pipe = `${folder}/${newNonce()}`
  const side = await start(loginSide(folder, pipe))
  const result = run({ script: otherSide(script, pipe) })
  const over = () => void side.stdin.end()
  result.then(over, over)
  return {
    stdin: side.stdin,
    stdout: side.stdout,
    ready: side.ready,
    pid: side.pid,
    sent: side.sent,
    drop: side.drop,
    ended: Promise.all([side.ended, result.catch((error: HostError) => error)]).then(endOf),
  }
}

function endOf([side, result]: [ProgramEnd, FrameResult | HostError]): ProgramEnd {
  if (result instanceof Error) return { ending: { rc: undefined, lost: result }, stderr: side.stderr }
  return { ending: { rc: result.rc }, stderr: side.stderr + result.stderr }
}

function loginSide(folder: string, pipe: string): string {
  return `mkdir -m 711 ${folder} || exit 1
trap 'rm -rf ${folder}' EXIT
trap 'exit 1' HUP INT TERM PIPE
mkfifo -m 604 ${pipe}.in && mkfifo -m 602 ${pipe}.err ${pipe}.out || exit 1
cat <${pipe}.out & out=$!
cat <${pipe}.err >&2 & err=$!
cat >${pipe}.in
wait $out $err`
}

function otherSide(script: string, pipe: string): string {
  // The last pipe to be made is waited for; ten seconds are more than a loaded host needs.
  const wait = `n=0; until [ -p ${pipe}.out ] || [ $n -ge 100 ]; do n=$((n + 1)); sleep 0.1; done`
  return `${wait}; exec <${pipe}.in >${pipe}.out 2>${pipe}.err || exit 1; eval ${quoted(script)}`
}
