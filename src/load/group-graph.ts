import type { SourceRange } from '#model/source.ts'
import type { GroupDraft, InventoryBuilder } from './inventory-builder.ts'

/** Where a group stands among the others. */
export interface GroupPlace {
  readonly children: readonly string[]
  /** Longest path from `all`. */
  readonly depth: number
}

/**
 * Hangs every group without a parent below `all` and measures depths. Circles are reported with the places that
 * make them, and opened at the last one.
 */
export function arrangeGroups(builder: InventoryBuilder): ReadonlyMap<string, GroupPlace> {
  const graph = new GroupGraph(builder)
  return graph.arrange()
}

class GroupGraph {
  readonly #builder: InventoryBuilder
  readonly #path: string[] = []
  readonly #done = new Set<string>()
  /** Children before parents. */
  readonly #finished: string[] = []

  constructor(builder: InventoryBuilder) {
    this.#builder = builder
  }

  arrange(): ReadonlyMap<string, GroupPlace> {
    for (const group of this.#builder.groups.values()) this.#visit(group)
    this.#hangBelowAll()
    const depths = new Map<string, number>([['all', 0]])
    for (const name of ['all', ...this.#finished.reverse()]) this.#deepen(name, depths)
    return new Map(
      [...this.#builder.groups.values()].map((group) => [
        group.name,
        { children: [...group.children.keys()], depth: depths.get(group.name) ?? 1 },
      ]),
    )
  }

  #visit(group: GroupDraft): void {
    if (this.#done.has(group.name)) return
    this.#path.push(group.name)
    for (const [child, range] of [...group.children]) {
      const start = this.#path.indexOf(child)
      if (start >= 0 || child === 'all') this.#reportCycle(group, child, { range, start: Math.max(0, start) })
      else this.#visit(this.#builder.group(child, range))
    }
    this.#path.pop()
    this.#done.add(group.name)
    this.#finished.push(group.name)
  }

  #reportCycle(
    group: GroupDraft,
    child: string,
    at: { range: SourceRange | undefined; start: number },
  ): void {
    group.children.delete(child)
    const circle = [...this.#path.slice(at.start), child]
    const first = this.#builder.groups.get(child)?.children.get(circle[1] ?? '')
    const message =
      group.name === child
        ? `The group "${child}" contains itself.`
        : child === 'all'
          ? `The group "all" cannot be part of the group "${group.name}": it contains every group.`
          : `The groups "${child}" and "${group.name}" contain each other: ${circle.join(' → ')}.`
    this.#builder.report({
      code: 'group-cycle',
      severity: 'error',
      message,
      remedy: 'Remove one of the two from the children of the other.',
      ...(at.range && { range: at.range }),
      ...(first && { related: [{ message: `"${circle[1]}" is a child of "${child}" here.`, range: first }] }),
    })
  }

  #hangBelowAll(): void {
    const all = this.#builder.group('all', undefined)
    const children = new Set(
      [...this.#builder.groups.values()].flatMap((group) => [...group.children.keys()]),
    )
    for (const group of this.#builder.groups.values()) {
      if (group !== all && !children.has(group.name)) all.children.set(group.name, group.range)
    }
  }

  #deepen(name: string, depths: Map<string, number>): void {
    const below = (depths.get(name) ?? 1) + 1
    for (const child of this.#builder.groups.get(name)?.children.keys() ?? []) {
      depths.set(child, Math.max(depths.get(child) ?? 0, below))
    }
  }
}
