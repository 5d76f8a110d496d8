import type { Inventory } from '#model/inventory.ts'
import type { Style } from './style.ts'

export interface GraphOptions {
  readonly style: Style
  /** Where the tree starts; `all` when not given. */
  readonly group?: string | undefined
  /** Only these hosts, and the groups that have one of them. */
  readonly only?: ReadonlySet<string> | undefined
  /** Lines below a group or host, such as its variables. */
  readonly below?: ((kind: 'group' | 'host', name: string) => readonly string[]) | undefined
}

interface Branch {
  readonly label: string
  readonly lines: readonly string[]
  readonly branches: readonly Branch[]
}

/** Groups and hosts as a tree. A group with several parents stands below each, its members shown only once. */
export function inventoryGraph(inventory: Inventory, options: GraphOptions): string {
  const top = branchOf(inventory, options.group ?? 'all', { ...options, shown: new Set() })
  return `${[top.label, ...top.lines.map((line) => `    ${line}`), ...drawn(top.branches, options.style)].join('\n')}\n`
}

type Walk = GraphOptions & { readonly shown: Set<string> }

function branchOf(inventory: Inventory, name: string, walk: Walk): Branch {
  const { style } = walk
  const group = inventory.groups.get(name)
  if (group === undefined) return { label: style.bold(name), lines: [], branches: [] }
  const members = membersOf(inventory, name, walk.only)
  if (walk.shown.has(name) && members > 0) {
    return { label: `${style.bold(name)} ${style.dim('(see above)')}`, lines: [], branches: [] }
  }
  walk.shown.add(name)
  const children = group.children.filter(
    (child) => membersOf(inventory, child, walk.only) > 0 || walk.only === undefined,
  )
  const ungroupedLast = children.toSorted((a, b) => Number(a === 'ungrouped') - Number(b === 'ungrouped'))
  // Whoever is named below `all` directly stands in another group or in `ungrouped` as well.
  const hosts = name === 'all' ? [] : group.hosts.filter((host) => walk.only?.has(host) ?? true)
  return {
    label: style.bold(name),
    lines: walk.below?.('group', name) ?? [],
    branches: [
      ...ungroupedLast.map((child) => branchOf(inventory, child, walk)),
      ...hosts.map((host) => ({ label: host, lines: walk.below?.('host', host) ?? [], branches: [] })),
    ],
  }
}

function membersOf(inventory: Inventory, name: string, only: ReadonlySet<string> | undefined): number {
  const group = inventory.groups.get(name)
  if (group === undefined) return 0
  const own = group.hosts.filter((host) => only?.has(host) ?? true).length
  return own + group.children.reduce((sum, child) => sum + membersOf(inventory, child, only), 0)
}

function drawn(branches: readonly Branch[], style: Style): string[] {
  return branches.flatMap((branch, i) => {
    const last = i === branches.length - 1
    const [head, rest] = last ? ['└── ', '    '] : ['├── ', '│   ']
    const inner = [...branch.lines.map((line) => `    ${line}`), ...drawn(branch.branches, style)]
    return [`${style.dim(head)}${branch.label}`, ...inner.map((line) => `${style.dim(rest)}${line}`)]
  })
}
