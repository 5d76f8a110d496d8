import { counted } from '#base/counted.ts'
import type { Output } from '#base/terminal.ts'
import type { Listener, PlayStart, Recap, RunEvent, Warning } from '#model/event.ts'
import { elapsedText } from './duration-text.ts'
import { foldHosts, foldHostsBriefly } from './fold-hosts.ts'
import { type DetailOptions, outcomeDetails } from './outcome-text.ts'
import { recapText } from './recap.ts'
import { groupResults } from './result-groups.ts'
import { isLost, type Look, lookOf, lookWord, paintLook } from './status-look.ts'
import { type HostResult, type OpenTask, TaskBoard } from './task-board.ts'
import { taskTitle } from './task-title.ts'

/** With more hosts in a play than this, equal results of a task are folded at its end. */
const manyHosts = 10
/** A task that takes longer says so, and again each time this has passed. */
const heartbeatMs = 30_000

/** Plain lines for pipes, logs and CI: nothing is ever taken back. */
export class Lines implements Listener {
  readonly #output: Output
  readonly #options: Omit<DetailOptions, 'mode'>
  readonly #board: TaskBoard
  #mode: 'apply' | 'check' = 'apply'
  #folds = false
  #heading: OpenTask | undefined
  #heartbeat: NodeJS.Timeout | undefined

  constructor(output: Output, options: Omit<DetailOptions, 'mode'>) {
    this.#output = output
    this.#options = options
    this.#board = new TaskBoard({
      opened: (task) => this.#opened(task),
      result: (task, result) => this.#result(task, result),
      closed: (task) => this.#closed(task),
    })
  }

  on(event: RunEvent): void {
    if (event.type === 'run_start') this.#mode = event.mode
    if (event.type === 'play_start') this.#playStart(event)
    if (event.type === 'warning') this.#warning(event)
    this.#board.on(event)
    if (event.type === 'batch_start') this.#print(this.#batchText(event.number, event.of, event.hosts))
    if (event.type === 'recap') this.#recap(event)
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat)
    this.#board.closeAll()
    await this.#output.flush()
  }

  #playStart(play: PlayStart): void {
    this.#board.closeAll()
    this.#folds = play.hosts.length > manyHosts
    this.#heading = undefined
    // A warning says that nobody takes part.
    if (play.hosts.length === 0) return
    const { bold, dim } = this.#options.style
    this.#print(
      `\n${bold(`PLAY [${play.play}]`)} ${dim(`${counted(play.hosts.length, 'host')}, ${play.source}`)}`,
    )
    this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref()
  }

  #batchText(number: number, of: number, hosts: readonly string[]): string {
    this.#folds = hosts.length > manyHosts
    return of > 1 ? `\nBATCH ${number} of ${of}: ${foldHostsBriefly(hosts, 8)}` : ''
  }

  #warning({ message, host }: Warning): void {
    const { yellow } = this.#options.style
    this.#print(`${yellow('warning:')} ${host === undefined ? '' : `[${host}] `}${message}`)
  }

  /** Under `free` tasks overlap: there the heading comes with the first result. */
  #opened(task: OpenTask): void {
    if (this.#board.linear) this.#head(task)
  }

  #head(task: OpenTask): void {
    if (this.#heading === task) return
    this.#heading = task
    const { start } = task
    this.#print(
      `\n${this.#options.style.bold(`${start.handler ? 'HANDLER' : 'TASK'} [${taskTitle(start)}]`)}`,
    )
  }

  #result(task: OpenTask, result: HostResult): void {
    if (this.#folds && !isLost(result.end)) return
    this.#head(task)
    this.#host(result.end.host, result, this.#details(result))
  }

  #closed(task: OpenTask): void {
    if (!this.#folds) return
    const quiet = task.results.filter(({ end }) => !isLost(end))
    if (quiet.length === 0) return
    this.#head(task)
    for (const group of groupResults(quiet, (result) => this.#details(result))) {
      const names = foldHosts(group.hosts)
      const size = group.hosts.length > 1 ? ` ${this.#options.style.dim(`${group.hosts.length} hosts`)}` : ''
      this.#host(names, group.first, group.details, size)
    }
  }

  #host(name: string, { end }: HostResult, details: readonly string[], size = ''): void {
    const look = lookOf(end)
    const word = paintLook(this.#options.style, look)(`${lookWord(look)}:`)
    const lines = details.map((line) => `    ${line}`)
    this.#print([`${word} [${name}]${size}${changeCount(look, end.changes.length)}`, ...lines].join('\n'))
  }

  #details({ end, items }: HostResult): string[] {
    return outcomeDetails(end, items, { ...this.#options, mode: this.#mode })
  }

  #beat(): void {
    for (const task of this.#board.open) {
      if (Date.now() - task.since >= heartbeatMs && task.running.size > 0) this.#print(this.#beatText(task))
    }
  }

  #beatText(task: OpenTask): string {
    const running = [...task.running]
      .slice(0, 5)
      .map(([host, { progress }]) => (progress ? `${host} (${progress})` : host))
    const more = task.running.size > 5 ? ` and ${task.running.size - 5} more` : ''
    const done = `${task.results.length} of ${counted(task.start.hosts, 'host')} done`
    const text = `... ${taskTitle(task.start)}: ${elapsedText(Date.now() - task.since)}, ${done}; running: ${running.join(', ')}${more}`
    return this.#options.style.dim(text)
  }

  #recap(recap: Recap): void {
    const text = recapText(recap, { ...this.#options, mode: this.#mode })
    if (text !== '') this.#print(`\n${text}`)
  }

  #print(text: string): void {
    if (text !== '') this.#output.write(`${text}\n`)
  }
}

function changeCount(look: Look, count: number): string {
  return count > 0 && (look === 'changed' || look === 'would_change') ? ` (${counted(count, 'change')})` : ''
}
