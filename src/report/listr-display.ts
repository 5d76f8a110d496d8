import { figures, Listr, type ListrTaskWrapper, Spinner } from 'listr2'
import { counted } from '#base/counted.ts'
import type { Terminal } from '#base/terminal.ts'
import type { Listener, PlayStart, Recap, RunEvent } from '#model/event.ts'
import { foldHostsBriefly } from './fold-hosts.ts'
import { type LiveBoard, LiveRenderer, type ShownTask } from './live-renderer.ts'
import type { DetailOptions } from './outcome-text.ts'
import { recapText } from './recap.ts'
import { Screen } from './screen.ts'
import { type OpenTask, TaskBoard } from './task-board.ts'
import { finalLines, finalTitle, liveLines, liveTitle } from './task-lines.ts'

type Wrapper = ListrTaskWrapper<unknown, typeof LiveRenderer, typeof LiveRenderer>

/** One play task as listr2 runs it: its promise settles when the board closes the task. */
interface Shown {
  readonly task: OpenTask
  readonly done: PromiseWithResolvers<void>
  wrapper: Wrapper | undefined
  listed: ShownTask | undefined
  /** Gives its place among the lasting lines; set when it closes. */
  place: ((text: string) => void) | undefined
}

/** Live display for a terminal: one Listr for each task of a play, whatever the number of hosts. */
export class ListrDisplay implements Listener {
  readonly #terminal: Terminal
  readonly #options: () => DetailOptions
  readonly #screen: Screen
  readonly #board: TaskBoard
  readonly #spinner = new Spinner()
  readonly #shown = new Map<OpenTask, Shown>()
  readonly #runs = new Set<Promise<void>>()
  #broken: unknown
  #places: { text: string | undefined }[] = []
  #mode: 'apply' | 'check' = 'apply'

  constructor(terminal: Terminal, options: Omit<DetailOptions, 'mode' | 'columns'>) {
    this.#terminal = terminal
    this.#options = () => ({ ...options, mode: this.#mode, columns: terminal.columns })
    this.#screen = new Screen(terminal, (rows) => this.#live(rows))
    this.#board = new TaskBoard({
      opened: (task) => this.#opened(task),
      closed: (task) => this.#closed(task),
    })
  }

  on(event: RunEvent): void {
    if (this.#broken !== undefined) throw this.#broken
    if (event.type === 'run_start') this.#mode = event.mode
    this.#board.on(event)
    if (event.type === 'play_start') this.#playStart(event)
    if (event.type === 'batch_start' && event.of > 1) {
      this.#last(
        `\n${this.#options().style.bold(`BATCH ${event.number} of ${event.of}`)} ${foldHostsBriefly(event.hosts, 6)}`,
      )
    }
    if (event.type === 'warning') {
      const host = event.host === undefined ? '' : `[${event.host}] `
      this.#last(`${this.#options().style.yellow('warning:')} ${host}${event.message}`)
    }
    if (event.type === 'recap') this.#recap(event)
  }

  async close(): Promise<void> {
    this.#board.closeAll()
    await Promise.all(this.#runs)
    this.#screen.stop()
    await this.#terminal.stdout.flush()
    if (this.#broken !== undefined) throw this.#broken
  }

  #playStart({ play, hosts, source }: PlayStart): void {
    // A warning says that nobody takes part.
    if (hosts.length === 0) return
    const { style } = this.#options()
    this.#last(
      `\n${style.bold(`PLAY ${play}`)}  ${style.dim(`${counted(hosts.length, 'host')} · ${source}`)}`,
    )
    this.#screen.start()
  }

  #recap(recap: Recap): void {
    const text = recapText(recap, this.#options())
    if (text !== '') this.#last(`\n${text}`)
  }

  #opened(task: OpenTask): void {
    const done = Promise.withResolvers<void>()
    const shown: Shown = { task, done, wrapper: undefined, listed: undefined, place: undefined }
    this.#shown.set(task, shown)
    const run = this.#listr(shown).run()
    // What goes wrong in listr2 is told to the next caller, who knows what to do with a broken display.
    const settled = run.then(
      () => undefined,
      (error: unknown) => {
        this.#broken ??= error
      },
    )
    this.#runs.add(settled)
    void settled.then(() => this.#runs.delete(settled))
  }

  #listr(shown: Shown): Listr<unknown, typeof LiveRenderer, typeof LiveRenderer> {
    const board: LiveBoard = {
      add: (listed) => {
        shown.listed = listed
      },
      end: (listed) => this.#ended(shown, listed),
    }
    return new Listr<unknown, typeof LiveRenderer, typeof LiveRenderer>(
      {
        title: shown.task.start.task,
        task: (_, wrapper) => {
          shown.wrapper = wrapper
          return shown.done.promise
        },
      },
      {
        renderer: LiveRenderer,
        rendererOptions: { board },
        exitOnError: false,
        // The command line has its own idea of Ctrl-C.
        registerSignalListeners: false,
      },
    )
  }

  #closed(task: OpenTask): void {
    const shown = this.#shown.get(task)
    if (shown === undefined) return
    shown.place = this.#place()
    const lost = (task.counts.get('failed') ?? 0) + (task.counts.get('unreachable') ?? 0)
    // Hosts that are still at it when all is over were interrupted.
    if (lost + task.running.size > 0) shown.done.reject(new Error(`${counted(lost, 'host')} failed`))
    else shown.done.resolve()
  }

  /** listr2 has come to the same end a few ticks later; only now the lasting lines are known to be right. */
  #ended(shown: Shown, listed: ShownTask): void {
    this.#shown.delete(shown.task)
    const options = this.#options()
    const lines = [
      `${this.#icon(shown.task, listed)} ${finalTitle(shown.task, options.style, options.columns - 2)}`,
      ...finalLines(shown.task, options).map((line) => `    ${line}`),
    ]
    // A task that no host came to leaves nothing.
    const touched = shown.task.results.length + shown.task.running.size > 0
    shown.place?.(touched ? lines.join('\n') : '')
  }

  #icon(task: OpenTask, listed: ShownTask): string {
    const { style } = this.#options()
    const { counts } = task
    if (listed.hasFailed()) return style.red(figures.cross)
    if (counts.has('changed') || counts.has('would_change')) return style.yellow(figures.tick)
    if (counts.has('unknown')) return style.magenta('?')
    return counts.has('ok') ? style.green(figures.tick) : style.dim(figures.arrowDown)
  }

  /** Reserves the next lasting lines; they are printed when all before them are known. */
  #place(): (text: string) => void {
    const place: { text: string | undefined } = { text: undefined }
    this.#places.push(place)
    return (text) => {
      place.text = text
      this.#printReady()
    }
  }

  #last(text: string): void {
    this.#place()(text)
  }

  #printReady(): void {
    const waiting = this.#places.findIndex(({ text }) => text === undefined)
    const ready = waiting === -1 ? this.#places : this.#places.slice(0, waiting)
    this.#places = this.#places.slice(ready.length)
    const texts = ready.flatMap(({ text }) => (text === undefined || text === '' ? [] : [text]))
    if (texts.length > 0) this.#screen.print(texts.join('\n'))
  }

  #live(rows: number): string[] {
    const atWork = [...this.#shown.values()].filter(
      (shown) => shown.place === undefined && isBusy(shown.task, this.#board),
    )
    const visible = atWork.slice(0, Math.max(1, rows - 1))
    const each = Math.max(0, Math.floor(rows / Math.max(1, visible.length)) - 1)
    this.#spinner.spin()
    const lines = visible.flatMap((shown) => this.#refresh(shown, each))
    const hidden = atWork.length - visible.length
    return hidden > 0 ? [...lines, this.#options().style.dim(`… and ${counted(hidden, 'more task')}`)] : lines
  }

  #refresh({ task, wrapper, listed }: Shown, rows: number): string[] {
    if (wrapper === undefined || listed === undefined) return []
    const { style, columns } = this.#options()
    wrapper.title = liveTitle(task, style, columns - 3)
    wrapper.output = liveLines(task, style, Math.min(rows, 12)).join('\n')
    const output = listed.output ? listed.output.split('\n') : []
    return [`${style.cyan(this.#spinner.fetch())} ${listed.title}`, ...output.map((line) => `    ${line}`)]
  }
}

/** Under `free` many tasks are open that no host is at. */
const isBusy = (task: OpenTask, board: TaskBoard): boolean => board.linear || task.running.size > 0
