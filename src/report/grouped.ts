import { counted } from '#base/counted.ts'
import { printable } from '#base/display-width.ts'
import type { Output, Terminal } from '#base/terminal.ts'
import type { Listener, RunEvent, TaskEnd } from '#model/event.ts'
import { durationText } from './duration-text.ts'
import { foldHosts } from './fold-hosts.ts'
import { type DetailOptions, outcomeDetails } from './outcome-text.ts'
import { Screen } from './screen.ts'
import { isLost, lookOf, lookOrder, lookWord, paintLook } from './status-look.ts'
import { TaskBoard } from './task-board.ts'
import { liveLines, liveTitle } from './task-lines.ts'

/** Commands that end sooner need no live display. */
const patienceMs = 800

export type GroupedOptions = DetailOptions & { readonly quiet: boolean }

interface Group {
  readonly first: TaskEnd
  readonly hosts: string[]
  readonly body: string
}

/**
 * Ad-hoc results: hosts that answered the same share one heading, `web[1:20], db1 | rc=0`, and the text below.
 * Shown when all have answered, failures last.
 */
export class Grouped implements Listener {
  readonly #output: Output
  readonly #options: GroupedOptions
  readonly #groups = new Map<string, Group>()
  readonly #board = new TaskBoard({})
  readonly #screen: Screen | undefined

  constructor(terminal: Terminal, options: GroupedOptions) {
    this.#output = terminal.stdout
    this.#options = options
    if (terminal.isTty && !options.quiet)
      this.#screen = new Screen(terminal, (rows) => this.#live(terminal, rows))
  }

  on(event: RunEvent): void {
    this.#board.on(event)
    if (event.type === 'play_start') this.#screen?.start()
    if (event.type === 'task') this.#add(event)
    if (event.type === 'warning' && !this.#options.quiet) {
      const host = event.host === undefined ? '' : `[${event.host}] `
      this.#write(`${this.#options.style.yellow('warning:')} ${host}${event.message}`)
    }
    if (event.type === 'recap') this.#show(event.durationMs, event.flights)
  }

  async close(): Promise<void> {
    this.#screen?.stop()
    await this.#output.flush()
  }

  #write(text: string): void {
    if (this.#screen === undefined) this.#output.write(`${text}\n`)
    else this.#screen.print(text)
  }

  #live(terminal: Terminal, rows: number): string[] {
    const { style } = this.#options
    return this.#board.open
      .filter(({ since }) => Date.now() - since >= patienceMs)
      .flatMap((task) => [
        liveTitle(task, style, terminal.columns),
        ...liveLines(task, style, rows - 1).map((line) => `  ${line}`),
      ])
  }

  #add(end: TaskEnd): void {
    const body = bodyText(end, this.#options)
    const key = `${lookOf(end)}\0${end.rc}\0${body}`
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, { first: end, hosts: [end.host], body })
    else group.hosts.push(end.host)
  }

  #show(durationMs: number, flights: number): void {
    const { quiet, style } = this.#options
    this.#screen?.stop()
    const rank = ({ first }: Group): number => lookOrder.indexOf(lookOf(first))
    const groups = [...this.#groups.values()].sort((a, b) => rank(a) - rank(b))
    const shown = quiet ? groups.filter(({ first }) => isLost(first)) : groups
    this.#output.write(shown.map((group) => `${this.#groupText(group)}\n`).join('\n'))
    const hosts = groups.reduce((sum, group) => sum + group.hosts.length, 0)
    if (quiet || hosts < 2) return
    const parts = [
      counted(hosts, 'host'),
      groups.length === 1 ? 'one answer' : counted(groups.length, 'different answer'),
      `${counted(flights, 'flight')} at most per host`,
      durationText(durationMs),
    ]
    this.#output.write(`\n${style.dim(parts.join(', '))}\n`)
  }

  #groupText({ first, hosts, body }: Group): string {
    const { style } = this.#options
    const look = lookOf(first)
    const size = hosts.length > 1 ? style.dim(` (${hosts.length} hosts)`) : ''
    const word = first.rc === undefined || look === 'unreachable' ? lookWord(look) : `rc=${first.rc}`
    const head = `${style.bold(foldHosts(hosts))}${size} | ${paintLook(style, look)(word)}`
    return body === '' ? head : `${head}\n${body}`
  }
}

/** What the command said; failures of tsplay itself (unreachable, timeout) say why instead. */
function bodyText(end: TaskEnd, options: DetailOptions): string {
  if (end.rc !== undefined) {
    const said = [end.stdout, end.stderr].filter((text) => text !== undefined && text !== '')
    const output = said.length === 0 && isLost(end) && end.msg !== undefined ? [end.msg] : said
    return output.map((text) => printable(text ?? '').trimEnd()).join('\n')
  }
  const details = outcomeDetails(end, [], { ...options, verbosity: Math.max(3, options.verbosity) })
  return details.map((line) => `  ${line}`).join('\n')
}
