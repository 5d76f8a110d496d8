import { parsePattern, selectHosts } from '#lang/host-pattern.ts'
import type { BatchSize, Play } from '#model/program.ts'
import type { RunState } from './run-state.ts'
import type { Scope } from './scope.ts'

/** The hosts of a play in its order, limited by `--limit`; hosts lost in earlier plays are left out. */
export function hostsOfPlay(run: RunState, play: Play, scope: Scope): readonly string[] {
  const chosen = selectedBy(run, patternText(play.hosts.render(scope)))
  const limit = run.settings.limit
  const limited = limit === undefined ? chosen : intersection(chosen, selectedBy(run, limit))
  return ordered(play.order, limited)
}

function patternText(rendered: unknown): string {
  return Array.isArray(rendered) ? rendered.map(String).join(',') : String(rendered)
}

/** Hosts matching a pattern; the implicit localhost can be named, and is not part of `all`. */
export function selectedBy(run: RunState, text: string): readonly string[] {
  const pattern = parsePattern(text)
  if (pattern.kind === 'error') return []
  return selectHosts(pattern, run.inventory.current)
}

const intersection = (chosen: readonly string[], limit: readonly string[]): readonly string[] => {
  const allowed = new Set(limit)
  return chosen.filter((host) => allowed.has(host))
}

function ordered(order: Play['order'], hosts: readonly string[]): readonly string[] {
  switch (order) {
    case 'inventory':
      return hosts
    case 'reverse_inventory':
      return hosts.toReversed()
    case 'sorted':
      return hosts.toSorted()
    case 'reverse_sorted':
      return hosts.toSorted().reverse()
    case 'shuffle':
      return shuffled(hosts)
  }
}

function shuffled(hosts: readonly string[]): readonly string[] {
  return hosts
    .map((host) => ({ host, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ host }) => host)
}

/** Cuts hosts into batches; the last size repeats; a percentage is rounded down, and at least one host. */
export function batchesOf(
  hosts: readonly string[],
  serial: readonly BatchSize[],
): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = []
  for (let from = 0; from < hosts.length; ) {
    const size = sizeOf(serial[Math.min(batches.length, serial.length - 1)], hosts.length)
    batches.push(hosts.slice(from, from + size))
    from += size
  }
  return batches
}

function sizeOf(size: BatchSize | undefined, all: number): number {
  if (!size) return all
  if ('percent' in size) return Math.max(1, Math.floor((all * size.percent) / 100))
  return size.count > 0 ? size.count : all
}
