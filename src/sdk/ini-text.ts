import { insertLines, type TextLine } from './text-lines.ts'

/** What one section of an INI file shall say about one option. */
export interface IniGoal {
  /** Undefined: before the first section. */
  readonly section: string | undefined
  readonly option: string | undefined
  /** Undefined stands for the option alone, without `=`. */
  readonly values: readonly (string | undefined)[]
  readonly state: 'present' | 'absent'
  /** Other lines of the option go. */
  readonly exclusive: boolean
  /** `a=b` instead of `a = b`. */
  readonly tight: boolean
  /** A line that differs only in white space is right. */
  readonly ignoreSpaces: boolean
  /** A commented line of the option is turned into the wanted one. */
  readonly reuseComments: boolean
}

/** The lines of an INI file with the goal met; everything else stays as it is, comments included. */
export function editIni(lines: readonly TextLine[], goal: IniGoal): readonly TextLine[] {
  const range = sectionRange(lines, goal.section)
  if (!range) return goal.state === 'absent' ? lines : appendSection(lines, goal)
  if (goal.option === undefined) {
    return goal.state === 'absent' ? [...lines.slice(0, range.header), ...lines.slice(range.to)] : lines
  }
  return goal.state === 'absent' ? withoutOption(lines, range, goal) : withOption(lines, range, goal)
}

interface Range {
  /** The header's index; that of the first line where there is none. */
  readonly header: number
  readonly from: number
  readonly to: number
}

const isHeader = (text: string): boolean => /^\s*\[.*\]/.test(text)
const headerName = (text: string): string | undefined => /^\s*\[(.*)\]/.exec(text)?.[1]?.trim()

function sectionRange(lines: readonly TextLine[], section: string | undefined): Range | undefined {
  const header = section === undefined ? -1 : lines.findIndex(({ text }) => headerName(text) === section)
  if (section !== undefined && header < 0) return undefined
  const from = header + 1
  const next = lines.findIndex(({ text }, i) => i >= from && isHeader(text))
  return { header: Math.max(header, 0), from, to: next < 0 ? lines.length : next }
}

function appendSection(lines: readonly TextLine[], goal: IniGoal): readonly TextLine[] {
  const options = goal.option === undefined ? [] : goal.values.map((value) => written(goal, value))
  return insertLines(lines, lines.length, [`[${goal.section}]`, ...options])
}

function written({ option = '', tight }: IniGoal, value: string | undefined): string {
  if (value === undefined) return option
  return tight ? `${option}=${value}` : `${option} = ${value}`.trimEnd()
}

interface Found {
  readonly index: number
  readonly value: string | undefined
  readonly isComment: boolean
}

/** Lines of the option within a section, commented ones included. */
function optionLines(lines: readonly TextLine[], { from, to }: Range, option: string): readonly Found[] {
  return lines.slice(from, to).flatMap(({ text }, i) => {
    const [, mark = '', name, value] = /^\s*([#;]?)[ \t]*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(text) ?? []
    return name === option ? [{ index: from + i, value, isComment: mark !== '' }] : []
  })
}

function withoutOption(lines: readonly TextLine[], range: Range, goal: IniGoal): readonly TextLine[] {
  const { option = '', values, exclusive } = goal
  const found = optionLines(lines, range, option).filter(({ isComment }) => !isComment)
  const going = exclusive ? found : found.filter(({ value }) => values.includes(value))
  const indices = new Set(going.map(({ index }) => index))
  return lines.filter((_, i) => !indices.has(i))
}

/** Values that are there stay; the lines of others are used up, then commented ones, then new lines are made. */
function withOption(lines: readonly TextLine[], range: Range, goal: IniGoal): readonly TextLine[] {
  const found = optionLines(lines, range, goal.option ?? '')
  const active = found.filter(({ isComment }) => !isComment)
  const missing = [...goal.values]
  const kept = active.filter(({ value }) => {
    const at = missing.indexOf(value)
    if (at >= 0) missing.splice(at, 1)
    return at >= 0
  })
  const others = goal.exclusive ? active.filter((one) => !kept.includes(one)) : []
  const comments = goal.reuseComments ? found.filter(({ isComment }) => isComment) : []
  const texts = new Map(kept.map(({ index, value }) => [index, respaced(lines[index], goal, value)]))
  const reused = [...others, ...comments].slice(0, missing.length)
  for (const { index } of reused) texts.set(index, written(goal, missing.shift()))
  const removed = new Set(others.filter((one) => !reused.includes(one)).map(({ index }) => index))
  const last = Math.max(-1, ...active.map(({ index }) => index))
  const at = last >= 0 ? last + 1 : sectionEnd(lines, range)
  const changed = lines.map((line, i) => ({ ...line, text: texts.get(i) ?? line.text }))
  const added =
    missing.length === 0
      ? changed
      : insertLines(
          changed,
          at,
          missing.map((value) => written(goal, value)),
        )
  return removed.size === 0 ? added : added.filter((_, i) => !removed.has(i))
}

function respaced(line: TextLine | undefined, goal: IniGoal, value: string | undefined): string {
  return goal.ignoreSpaces && line ? line.text : written(goal, value)
}

/** Behind the last line of a section that is neither empty nor a comment. */
function sectionEnd(lines: readonly TextLine[], { from, to }: Range): number {
  const last = lines.slice(from, to).findLastIndex(({ text }) => !/^\s*([#;].*)?$/.test(text))
  return last < 0 ? from : from + last + 1
}
