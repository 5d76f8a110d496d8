import type { ItemEnd, RunEvent, TaskEnd, TaskStart } from '#model/event.ts'
import { isLost, type Look, lookOf } from './status-look.ts'

/** What one host did in one task. */
export interface HostResult {
  readonly end: TaskEnd
  readonly items: readonly ItemEnd[]
}

/** A task that some host has begun and that others may still come to. */
export interface OpenTask {
  readonly start: TaskStart
  /** When it began and when each host did, as `Date.now()`. */
  readonly since: number
  readonly running: ReadonlyMap<string, { readonly since: number; readonly progress: string | undefined }>
  readonly results: readonly HostResult[]
  readonly counts: ReadonlyMap<Look, number>
}

export interface BoardWatcher {
  opened?(task: OpenTask): void
  result?(task: OpenTask, result: HostResult): void
  closed?(task: OpenTask): void
}

interface Entry extends OpenTask {
  readonly running: Map<string, { since: number; progress: string | undefined }>
  readonly results: HostResult[]
  readonly counts: Map<Look, number>
  readonly items: Map<string, ItemEnd[]>
  /** How many hosts had been lost when it began: they are not among its hosts. */
  readonly lostBefore: number
}

/**
 * Knows from the events which tasks are at work. There is no event for the end of a task, since under `free` it
 * has none until the play ends: a task closes when all its hosts have answered or are lost, under `linear` also
 * when the next one starts, and at the latest with its batch.
 */
export class TaskBoard {
  readonly #watcher: BoardWatcher
  readonly #open = new Map<string, Entry>()
  readonly #lost = new Set<string>()
  #linear = true

  constructor(watcher: BoardWatcher) {
    this.#watcher = watcher
  }

  /** In the order in which they began. */
  get open(): readonly OpenTask[] {
    return [...this.#open.values()]
  }

  /** Under `linear` one task follows the other. */
  get linear(): boolean {
    return this.#linear
  }

  on(event: RunEvent): void {
    if (event.type === 'task_start') this.#start(event)
    else if (event.type === 'host_start') this.#hostStart(event.taskId, event.host)
    else if (event.type === 'progress') this.#progress(event.taskId, event.host, event.text)
    else if (event.type === 'item') this.#item(event)
    else if (event.type === 'task') this.#end(event)
    else if (event.type === 'play_start') this.#newPlay(event.strategy ?? 'linear')
    else if (event.type === 'batch_start' || event.type === 'recap') this.closeAll()
  }

  closeAll(): void {
    for (const entry of [...this.#open.values()]) this.#close(entry)
  }

  #newPlay(strategy: string): void {
    this.closeAll()
    this.#linear = strategy === 'linear'
  }

  #start(start: TaskStart): void {
    if (this.#linear) {
      for (const entry of [...this.#open.values()]) if (entry.running.size === 0) this.#close(entry)
    }
    const known = this.#open.get(start.taskId)
    if (known !== undefined) this.#close(known)
    this.#add(start)
  }

  #add(start: TaskStart): Entry {
    const entry: Entry = {
      start,
      since: Date.now(),
      running: new Map(),
      results: [],
      counts: new Map(),
      items: new Map(),
      lostBefore: this.#lost.size,
    }
    this.#open.set(start.taskId, entry)
    this.#watcher.opened?.(entry)
    return entry
  }

  #hostStart(taskId: string, host: string): void {
    this.#open.get(taskId)?.running.set(host, { since: Date.now(), progress: undefined })
  }

  #progress(taskId: string, host: string, text: string): void {
    const at = this.#open.get(taskId)?.running.get(host)
    if (at !== undefined) at.progress = text
  }

  #item(item: ItemEnd): void {
    const items = this.#open.get(item.taskId)?.items
    if (items === undefined) return
    const ofHost = items.get(item.host)
    if (ofHost === undefined) items.set(item.host, [item])
    else ofHost.push(item)
  }

  #end(end: TaskEnd): void {
    // A straggler whose task was thought to be over opens it again.
    const entry = this.#open.get(end.taskId) ?? this.#add({ ...end, type: 'task_start', hosts: 1 })
    const look = lookOf(end)
    const result = { end, items: entry.items.get(end.host) ?? [] }
    entry.running.delete(end.host)
    entry.items.delete(end.host)
    entry.results.push(result)
    entry.counts.set(look, (entry.counts.get(look) ?? 0) + 1)
    if (isLost(end)) this.#lost.add(end.host)
    this.#watcher.result?.(entry, result)
    for (const open of isLost(end) ? [...this.#open.values()] : [entry]) {
      if (this.#isComplete(open)) this.#close(open)
    }
  }

  #isComplete(entry: Entry): boolean {
    if (entry.running.size > 0) return false
    if (entry.results.length >= entry.start.hosts) return true
    if (this.#linear) return false
    const answered = new Set(entry.results.map(({ end }) => end.host))
    const lostMeanwhile = [...this.#lost].slice(entry.lostBefore).filter((host) => !answered.has(host))
    return entry.results.length + lostMeanwhile.length >= entry.start.hosts
  }

  #close(entry: Entry): void {
    this.#open.delete(entry.start.taskId)
    this.#watcher.closed?.(entry)
  }
}
