import type { Schedule } from '#model/schedule.ts'

/** A schedule at every full hour, UTC. */
export function scheduleOf(more: Partial<Schedule> = {}): Schedule {
  return {
    name: 'nightly',
    cron: '0 * * * *',
    zone: 'UTC',
    gap: 'run-after',
    command: 'run',
    playbooks: ['site.yml'],
    inventories: [],
    tags: [],
    extraVars: [],
    catchUp: 'latest',
    catchUpWithin: 7 * 86_400_000,
    overlap: 'skip',
    jitter: 0,
    retries: 0,
    retryDelay: 300_000,
    locks: [],
    vms: [],
    paused: false,
    ...more,
  }
}
