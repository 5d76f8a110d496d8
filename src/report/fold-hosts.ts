/** The shortest run of numbered names that is folded. */
const shortestRun = 3

interface Numbered {
  readonly before: string
  readonly digits: string
  readonly after: string
}

/**
 * Host names in the form that patterns and inventories take: `web[1:20], db1`. Names are sorted, numbers by
 * their value; up to four names are listed as they are.
 */
export function foldHosts(hosts: readonly string[]): string {
  return fold(hosts).join(', ')
}

/** The same, cut after some pieces: `web[1:20], db1 and 12 more`. */
export function foldHostsBriefly(hosts: readonly string[], pieces: number): string {
  const folded = fold(hosts)
  if (folded.length <= pieces) return folded.join(', ')
  const shown = folded.slice(0, pieces)
  const more = hosts.length - shown.reduce((sum, piece) => sum + sizeOf(piece), 0)
  return `${shown.join(', ')} and ${more} more`
}

let collator: Intl.Collator | undefined

/** Task after task the same hosts give the same result. */
let last: { readonly hosts: readonly string[]; readonly folded: readonly string[] } | undefined

function fold(hosts: readonly string[]): readonly string[] {
  if (hosts.length < 2) return hosts
  if (last?.hosts.length === hosts.length && last.hosts.every((host, i) => host === hosts[i]))
    return last.folded
  last = { hosts: [...hosts], folded: folded(hosts) }
  return last.folded
}

function folded(hosts: readonly string[]): readonly string[] {
  collator ??= new Intl.Collator('en', { numeric: true })
  const sorted = hosts.toSorted(collator.compare)
  return sorted.length <= 4 ? sorted : foldRuns(sorted)
}

function sizeOf(piece: string): number {
  const range = /\[(\d+):(\d+)\]/.exec(piece)
  return range === null ? 1 : Number(range[2]) - Number(range[1]) + 1
}

function foldRuns(hosts: readonly string[]): string[] {
  const families = new Map<string, { name: string; number: Numbered | undefined }[]>()
  for (const name of hosts) {
    const number = numbered(name)
    const key = number === undefined ? name : `${number.before}\0${number.after}`
    const family = families.get(key) ?? []
    family.push({ name, number })
    families.set(key, family)
  }
  return [...families.values()].flatMap(
    (family) => foldFamily(family.flatMap(({ number }) => number ?? [])) ?? family.map(({ name }) => name),
  )
}

/** The last number of the first label counts: `web12.example.com`, never a digit of the domain. */
function numbered(name: string): Numbered | undefined {
  const match = /^([^.]*?)(\d{1,9})([^\d.]*(?:\..*)?)$/.exec(name)
  if (match === null) return undefined
  return { before: match[1] ?? '', digits: match[2] ?? '', after: match[3] ?? '' }
}

function foldFamily(family: readonly Numbered[]): string[] | undefined {
  if (family.length === 0) return undefined
  const sorted = [...family].sort(
    (a, b) => Number(a.digits) - Number(b.digits) || a.digits.length - b.digits.length,
  )
  const runs: Numbered[][] = []
  for (const member of sorted) {
    const last = runs.at(-1)?.at(-1)
    if (last !== undefined && follows(last, member)) runs.at(-1)?.push(member)
    else runs.push([member])
  }
  return runs.flatMap(runText)
}

/** `09` is followed by `10`, `9` by `10`, but `9` not by `010`: the range would give other names back. */
function follows(last: Numbered, next: Numbered): boolean {
  const value = String(Number(last.digits) + 1)
  return next.digits === value.padStart(last.digits.length, '0')
}

function runText(run: readonly Numbered[]): string[] {
  const [first, last] = [run[0], run.at(-1)]
  const whole = run.map(({ before, digits, after }) => `${before}${digits}${after}`)
  if (run.length < shortestRun || first === undefined || last === undefined) return whole
  return [`${first.before}[${first.digits}:${last.digits}]${first.after}`]
}
