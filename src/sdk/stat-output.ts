import type { FileEntry, FileType } from './path-state.ts'

const types: ReadonlyMap<number, FileType> = new Map([
  [0o14, 'socket'],
  [0o12, 'link'],
  [0o10, 'file'],
  [0o06, 'block'],
  [0o04, 'directory'],
  [0o02, 'character'],
  [0o01, 'fifo'],
])

const letters: ReadonlyMap<string, FileType> = new Map([
  ['-', 'file'],
  ['d', 'directory'],
  ['l', 'link'],
  ['b', 'block'],
  ['c', 'character'],
  ['p', 'fifo'],
  ['s', 'socket'],
])

/** GNU and BusyBox know all of these but the fractions of times, which `statScript` leaves out for BusyBox. */
const fields = (time: string): string => `%f %u %g %U %G %s ${time.replaceAll('_', '%')} %h %i %d`
const precise = fields('_.9X _.9Y _.9Z')
const whole = fields('_X _Y _Z')

/**
 * Shell text that prints one line for each of `"$@"`, which must all exist: for `parseEntry`. One process for all
 * of them; when one has vanished meanwhile, one for each, with an empty line for what is not there.
 */
export function statScript(options: '' | '-L' = ''): string {
  const all = (format: string) => `_o=$(stat ${options} -c '${format}' -- "$@" 2>/dev/null)`
  return `if [ $# -gt 0 ]; then
if ${all(precise)} || ${all(whole)}; then printf '%s\\n' "$_o"
elif command -v stat >/dev/null 2>&1; then for _p do stat ${options} -c '${whole}' -- "$_p" 2>/dev/null || echo; done
else for _p do ls -ldin${options === '-L' ? 'L' : ''} -- "$_p" 2>/dev/null | awk 'NR == 1 { print "ls", $1, $2, $3, $4, $5, $6 } END { if (!NR) print "" }'; done
fi
fi`
}

/** A line of `statScript`'s output. */
export function parseEntry(line: string): FileEntry | undefined {
  const words = line.split(' ')
  if (words[0] === 'ls') return parseListing(words)
  const [bits = '', uid, gid, owner, group, size, atime, mtime, ctime, links, inode, device] = words
  const raw = Number.parseInt(bits, 16)
  if (device === undefined || Number.isNaN(raw)) return undefined
  return {
    type: types.get(raw >> 12) ?? 'other',
    mode: raw & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: known(owner),
    group: known(group),
    size: Number(size),
    atime: Number(atime),
    mtime: Number(mtime),
    ctime: Number(ctime),
    links: Number(links),
    inode: Number(inode),
    device: Number(device),
  }
}

const known = (name: string | undefined): string | undefined => (name === 'UNKNOWN' ? undefined : name)

/** `ls 131 -rw-r--r-- 1 0 0 12`: where there is no stat, there are no times and no names. */
function parseListing(words: readonly string[]): FileEntry | undefined {
  const [, inode, text = '', links, uid, gid, size] = words
  const type = letters.get(text.charAt(0))
  if (!type || uid === undefined) return undefined
  return {
    type,
    mode: modeOf(text.slice(1, 10)),
    uid: Number(uid),
    gid: Number(gid),
    owner: undefined,
    group: undefined,
    size: Number(size) || 0,
    atime: undefined,
    mtime: undefined,
    ctime: undefined,
    links: Number(links),
    inode: Number(inode),
    device: undefined,
  }
}

/** `rwsr-x--T` as bits. */
export function modeOf(text: string): number {
  const bit = (at: number, letters: string): number => (letters.includes(text.charAt(at)) ? 1 << (8 - at) : 0)
  const plain = [0, 1, 3, 4, 6, 7].reduce((sum, at) => sum | bit(at, 'rw'), 0)
  const execute = bit(2, 'xs') | bit(5, 'xs') | bit(8, 'xt')
  const special = [0o4000, 0o2000, 0o1000].filter((_, i) => 'sStT'.includes(text.charAt(i * 3 + 2) || '-'))
  return special.reduce((sum, one) => sum | one, plain | execute)
}
