import type { ListrRenderer } from 'listr2'

/** The part of a Listr task that is shown. */
export interface ShownTask {
  readonly title?: string | undefined
  readonly output?: string | undefined
  hasFailed(): boolean
}

/** Where the renderers of all running lists meet: one screen shows them together. */
export interface LiveBoard {
  add(task: ShownTask): void
  /** The list is over: its last title and output are what remains. */
  end(task: ShownTask): void
}

/**
 * A listr2 renderer that leaves the drawing to a board. listr2's own draws everything at every event, which at
 * 50 hosts takes seconds of the event loop, and can show neither two lists at once nor one higher than the window.
 */
export class LiveRenderer implements ListrRenderer {
  static readonly nonTTY = true
  static readonly rendererOptions: { board?: LiveBoard } = {}
  static readonly rendererTaskOptions = {}
  readonly #tasks: readonly ShownTask[]
  readonly #board: LiveBoard | undefined

  constructor(tasks: readonly ShownTask[], options: { board?: LiveBoard }) {
    this.#tasks = tasks
    this.#board = options.board
  }

  readonly render = (): void => {
    for (const task of this.#tasks) this.#board?.add(task)
  }

  readonly end = (): void => {
    for (const task of this.#tasks) this.#board?.end(task)
  }
}
