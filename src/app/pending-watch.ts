import type { Listener, RunEvent } from '#model/event.ts'

/** Notices whether a plan found anything that would change or cannot be known. */
export class PendingWatch implements Listener {
  isPending = false

  on(event: RunEvent): void {
    if (event.type !== 'task') return
    if (event.status === 'would_change' || event.status === 'unknown') this.isPending = true
  }

  async close(): Promise<void> {}
}
