import { TaskFailure } from './module.ts'

/** What files and folders get when nobody says: tsplay's shells have umask 022. */
export const defaultModes = { file: 0o644, directory: 0o755 } as const
const umask = 0o022

/**
 * The permission bits that a mode argument asks for: `0644`, `"u=rw,g=r,o="`, `"a+X"`, as chmod(1) reads them.
 * `current` are the present bits, which symbolic modes start from. Throws TaskFailure for what is no mode.
 */
export function parseMode(mode: string | number, current: number, isDirectory: boolean): number {
  if (typeof mode === 'number') return checkedNumber(mode)
  const text = mode.trim()
  if (/^(0o)?[0-7]{1,5}$/.test(text)) {
    const bits = Number.parseInt(text.replace('0o', ''), 8)
    if (bits <= 0o7777) return bits
  }
  if (text === '' || /^\d/.test(text)) throw notAMode(mode)
  return text.split(',').reduce((bits, clause) => applyClause(bits, clause, { mode, isDirectory }), current)
}

const notAMode = (mode: string | number): TaskFailure =>
  new TaskFailure(
    `"${mode}" is not a file mode: write octal digits such as "0644", or clauses such as "u=rw,g=r".`,
  )

/** 644 without a leading zero is a number, and hardly ever the one that was meant. */
function checkedNumber(mode: number): number {
  const isDecimalMistake = looksLikeMode(String(mode)) && !looksLikeMode(mode.toString(8))
  if (isDecimalMistake || !Number.isInteger(mode) || mode < 0 || mode > 0o7777) {
    throw new TaskFailure(
      `The file mode ${mode} is a decimal number: write it as "${String(mode).padStart(4, '0')}".`,
    )
  }
  return mode
}

/** Whether the owner may all that the group may, and the group all that others may. */
function looksLikeMode(digits: string): boolean {
  const [, user = 0, group = 0, other = 0] = (/^[0-7]?([0-7])([0-7])([0-7])$/.exec(digits) ?? []).map(Number)
  return user > 0 && (user & group) === group && (group & other) === other
}

const clausePattern = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/
const shifts = { u: 6, g: 3, o: 0 } as const

type Who = keyof typeof shifts

function applyClause(
  bits: number,
  clause: string,
  { mode, isDirectory }: { mode: string; isDirectory: boolean },
): number {
  const [, who, actions] = clausePattern.exec(clause.trim()) ?? []
  if (who === undefined || actions === undefined) throw notAMode(mode)
  const people = peopleOf(who)
  // Without letters for whom, the umask holds bits back, as in chmod.
  const allowed = who === '' ? ~umask : ~0
  return (actions.match(/[-+=][^-+=]*/g) ?? []).reduce((before, action) => {
    const wanted = wantedBits(action.slice(1), before, { people, isDirectory }) & allowed
    if (action.startsWith('+')) return before | wanted
    if (action.startsWith('-')) return before & ~wanted
    return (before & ~ownedBits(people, isDirectory)) | wanted
  }, bits)
}

const peopleOf = (who: string): readonly Who[] =>
  who === '' || who.includes('a')
    ? ['u', 'g', 'o']
    : (['u', 'g', 'o'] as const).filter((one) => who.includes(one))

/** What `=` clears. A folder keeps its set-id bits unless they are named. */
function ownedBits(people: readonly Who[], isDirectory: boolean): number {
  const special = isDirectory
    ? 0
    : people.reduce((sum, who) => sum | (who === 'u' ? 0o4000 : who === 'g' ? 0o2000 : 0), 0)
  return people.reduce((sum, who) => sum | (7 << shifts[who]), special) | (people.length === 3 ? 0o1000 : 0)
}

function wantedBits(
  letters: string,
  before: number,
  { people, isDirectory }: { people: readonly Who[]; isDirectory: boolean },
): number {
  const copied =
    letters === 'u' || letters === 'g' || letters === 'o' ? (before >> shifts[letters]) & 7 : undefined
  const plain = copied ?? plainBits(letters, isDirectory || (before & 0o111) !== 0)
  const shared = people.reduce((sum, who) => sum | (plain << shifts[who]), 0)
  return shared | specialBits(letters, people)
}

function plainBits(letters: string, mayExecute: boolean): number {
  const read = letters.includes('r') ? 4 : 0
  const write = letters.includes('w') ? 2 : 0
  const execute = letters.includes('x') || (letters.includes('X') && mayExecute) ? 1 : 0
  return read | write | execute
}

function specialBits(letters: string, people: readonly Who[]): number {
  const setId = letters.includes('s')
  const user = setId && people.includes('u') ? 0o4000 : 0
  const group = setId && people.includes('g') ? 0o2000 : 0
  return user | group | (letters.includes('t') ? 0o1000 : 0)
}
