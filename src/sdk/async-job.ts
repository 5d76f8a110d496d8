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
 * Asks for a job. It lives in `~/.tsplay/jobs/<id>/`: files `keeper`, `pid`, `started`, `stdout`, `stderr`, and
 * when it has ended `finished` and, at last, `rc`. Its keeper is there before anybody can ask and goes after `rc`
 * was written. So it runs while either of the two does, and `rc` is looked for after that.
 */
export function jobQuestion(id: string): Script {
  return sh`job="$HOME/.tsplay/jobs/"${id}
[ -d "$job" ] || exit 0
printf '\\036exists\\n'
alive() { pid=$(cat "$job/$1" 2>/dev/null) && kill -0 "$pid" 2>/dev/null; }
if alive keeper || alive pid; then printf '\\036alive\\n'; fi
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
