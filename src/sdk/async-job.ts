import { type Script, sh } from './quote.ts'
import { sections } from './sections.ts'

/** A job that was started detached, as it stands on the host. */
export interface JobReport {
  readonly exists: boolean
  /** It has ended, by itself or because its process is gone. */
  readonly finished: boolean
  /** Undefined while it runs, and when it ended without leaving one (the host went down, say). */
  readonly rc: number | undefined
  readonly stdout: string
  readonly stderr: string
  /** Seconds since the epoch, as text; empty where nothing is kept. */
  readonly startedAt: string
  readonly finishedAt: string
}

/**
 * Asks for a job. It lives in `~/.tsplay/jobs/<id>/`: files `pid`, `started`, `stdout`, `stderr`, and when it
 * has ended `finished` and, at last, `rc`. The process ends a moment before `rc` is there, and starts a moment
 * before `pid` is: hence the pause.
 */
export function jobQuestion(id: string): Script {
  return sh`job="$HOME/.tsplay/jobs/"${id}
[ -d "$job" ] || exit 0
printf '\\036exists\\n'
alive() { pid=$(cat "$job/pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null; }
[ -e "$job/rc" ] || alive || sleep 1
[ -e "$job/rc" ] || ! alive || printf '\\036alive\\n'
for file in rc started finished stdout stderr; do
  [ -f "$job/$file" ] && { printf '\\036%s\\n' "$file"; cat "$job/$file"; }
done
:`
}

export function jobReport(output: string): JobReport {
  const parts = sections(output)
  const text = (name: string): string => parts.get(name)?.trim() ?? ''
  const rc = text('rc')
  return {
    exists: parts.has('exists'),
    finished: rc !== '' || !parts.has('alive'),
    rc: rc === '' ? undefined : Number(rc),
    stdout: parts.get('stdout') ?? '',
    stderr: parts.get('stderr') ?? '',
    startedAt: text('started'),
    finishedAt: text('finished'),
  }
}
