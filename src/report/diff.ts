import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { printable } from '#base/display-width.ts'
import type { TextDiff } from '#model/change.ts'
import type { Style } from './style.ts'

/**
 * Beyond these a difference is counted, not shown: nobody reads it, and computing it may take minutes, in which no host
 * is heard.
 */
const largestText = 1_000_000
const longestMs = 100

/**
 * A unified diff of a text before and after, ending in a newline; an absent file is `/dev/null`. Binary and very
 * large contents are summarised in one line.
 */
export function unifiedDiff({ path, before, after }: TextDiff): string {
  const old = before ?? ''
  const new_ = after ?? ''
  if (isBinary(old) || isBinary(new_)) return summary(path, 'Binary content', old, new_)
  if (old.length > largestText || new_.length > largestText) return summary(path, 'Large text', old, new_)
  // Both sides show the same when all that differs has been masked.
  if (old === new_ && before !== undefined && after !== undefined)
    return `${path}: only hidden values differ.\n`
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `before ${path}`,
    after === undefined ? '/dev/null' : `after ${path}`,
    old,
    new_,
    undefined,
    undefined,
    { context: 3, headerOptions: FILE_HEADERS_ONLY, timeout: longestMs },
  )
  return patch ?? summary(path, 'Very different text', old, new_)
}

/** git's rule: a NUL character. Undecodable bytes of other encodings give replacement characters. */
function isBinary(text: string): boolean {
  const start = text.slice(0, 8000)
  if (start.includes('\0')) return true
  return start.split('\ufffd').length - 1 > start.length / 10
}

function summary(path: string, what: string, before: string, after: string): string {
  return `${what} of ${path} differs: ${before.length} → ${after.length} characters.\n`
}

/** The same in colours, made harmless for a terminal, without its last newline. */
export function paintedDiff(diff: TextDiff, style: Style): string {
  const lines = printable(unifiedDiff(diff)).replace(/\n$/, '').split('\n')
  return lines.map((line) => paintLine(line, style)).join('\n')
}

function paintLine(line: string, style: Style): string {
  if (/^(---|\+\+\+) /.test(line)) return style.bold(line)
  if (line.startsWith('+')) return style.green(line)
  if (line.startsWith('-')) return style.red(line)
  return line.startsWith('@@') ? style.cyan(line) : line
}
