import type { Diagnostic } from '#model/diagnostic.ts'
import type { Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import { hostLimit } from './host-range.ts'

/** One variable as an inventory source sets it. */
export interface VariableEntry {
  readonly name: string
  readonly nameRange: SourceRange
  readonly value: Node
}

/** Variables that one place of one source sets. Hosts of one range share the object. */
export interface Contribution {
  /** The source's path, for people. */
  readonly origin: string
  readonly entries: readonly VariableEntry[]
  /** A program made it: names that are no variables are a warning only. */
  readonly generated?: boolean
}

export interface HostDraft {
  readonly name: string
  readonly range: SourceRange
  readonly groups: Set<string>
  readonly contributions: Contribution[]
}

export interface GroupDraft {
  readonly name: string
  /** Absent for groups that nobody names. */
  range: SourceRange | undefined
  /** Children with the place that says so. */
  readonly children: Map<string, SourceRange | undefined>
  readonly hosts: Set<string>
  readonly contributions: Contribution[]
}

/** Collects what the sources of an inventory say, in their order. Knows no format and reads nothing. */
export class InventoryBuilder {
  readonly hosts = new Map<string, HostDraft>()
  readonly groups = new Map<string, GroupDraft>()
  readonly #report: (diagnostic: Diagnostic) => void
  #full = false

  constructor(report: (diagnostic: Diagnostic) => void) {
    this.#report = report
    this.group('all', undefined)
    this.group('ungrouped', undefined)
  }

  report(diagnostic: Diagnostic): void {
    this.#report(diagnostic)
  }

  /** The group of that name, made at its first mention. */
  group(name: string, range: SourceRange | undefined): GroupDraft {
    const known = this.groups.get(name)
    if (known) {
      known.range ??= range
      return known
    }
    const group = { name, range, children: new Map(), hosts: new Set<string>(), contributions: [] }
    this.groups.set(name, group)
    return group
  }

  /** Puts a host into a group; undefined when the inventory is full. */
  host(name: string, group: GroupDraft, range: SourceRange): HostDraft | undefined {
    const host = this.hosts.get(name) ?? this.#newHost(name, range)
    if (!host) return undefined
    group.hosts.add(name)
    host.groups.add(group.name)
    return host
  }

  child(parent: GroupDraft, child: GroupDraft, range: SourceRange): void {
    if (!parent.children.has(child.name)) parent.children.set(child.name, range)
  }

  #newHost(name: string, range: SourceRange): HostDraft | undefined {
    if (this.hosts.size >= hostLimit) {
      if (!this.#full) this.#report(tooMany(range))
      this.#full = true
      return undefined
    }
    const host = { name, range, groups: new Set<string>(), contributions: [] }
    this.hosts.set(name, host)
    return host
  }
}

function tooMany(range: SourceRange): Diagnostic {
  return {
    code: 'bad-inventory',
    severity: 'error',
    message: `The inventory has more than ${hostLimit} hosts.`,
    remedy: 'Split it, and give each run the part it needs.',
    range,
  }
}
