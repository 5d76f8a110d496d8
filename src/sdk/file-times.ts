import type { Change } from '#model/change.ts'
import { TaskFailure } from './module.ts'
import type { FileEntry } from './path-state.ts'
import { raw, type Script, sh } from './quote.ts'

interface Times {
  readonly modification_time?: string
  readonly access_time?: string
}

/** The changes of times that were asked for; `touched`: times that were not named become the present one. */
export function timeChanges(times: Times, entry: FileEntry | undefined, touched: boolean): readonly Change[] {
  const fallback = touched ? 'now' : 'preserve'
  return [
    ...timeChange('modification_time', times.modification_time ?? fallback, entry?.mtime),
    ...timeChange('access_time', times.access_time ?? fallback, entry?.atime),
  ]
}

function timeChange(field: string, wanted: string, seconds: number | undefined): readonly Change[] {
  if (wanted === 'preserve' || wanted === '') return []
  const before = seconds === undefined ? undefined : timeText(seconds)
  if (wanted === 'now') return [{ field, before, after: 'now' }]
  if (!/^\d{12}(\.\d\d)?$/.test(wanted)) {
    throw new TaskFailure(`"${wanted}" is not a time: write YYYYMMDDhhmm.ss, "now" or "preserve".`)
  }
  const after = wanted.includes('.') ? wanted : `${wanted}.00`
  return before === after ? [] : [{ field, before, after }]
}

/** As `touch -t` takes it, in UTC. */
function timeText(seconds: number): string {
  const [date = '', time = ''] = new Date(Math.floor(seconds) * 1000).toISOString().split('T')
  return `${date.replaceAll('-', '')}${time.slice(0, 5).replace(':', '')}.${time.slice(6, 8)}`
}

/** Commands for the changes of times on a path word. */
export function timeScripts(word: Script, changes: readonly Change[]): readonly Script[] {
  return changes.flatMap(({ field, after }) => {
    const flag = field === 'modification_time' ? '-m' : field === 'access_time' ? '-a' : undefined
    if (flag === undefined) return []
    return [
      after === 'now'
        ? sh`touch ${flag} ${word}`
        : sh`TZ=UTC0 touch ${flag} -t ${raw(String(after))} ${word}`,
    ]
  })
}
