import type { ListNode, MapNode, Node } from '#model/node.ts'
import type { SourceRange } from '#model/source.ts'
import { entryOf, mapping, scalar } from './node-text.ts'
import type { Playbook, ScenarioVariables, Section } from './scenario.ts'

const playKeys = ['hosts', 'import_playbook', 'ansible.builtin.import_playbook']

/** Plays name hosts, or another playbook; tasks name neither. */
export const isPlay = (node: Node): boolean =>
  node.kind === 'map' && playKeys.some((key) => entryOf(node, key) !== undefined)

/** What a scenario without `converge` does: the role, on the hosts it names. */
export function convergePlay(
  { role, hosts, become }: { readonly role: string; readonly hosts: string; readonly become: boolean },
  range: SourceRange,
): Playbook {
  const roles: ListNode = { kind: 'list', items: [scalar(role, range)], range }
  const play = playOf({ name: role, hosts, become }, { roles }, range)
  return { kind: 'plays', root: { kind: 'list', items: [play], range } }
}

/** A section that only lists tasks is one play on all hosts. */
export function playOfTasks(section: Section, tasks: ListNode, become: boolean): Node {
  const play = playOf({ name: section, hosts: 'all', become }, { tasks }, tasks.range)
  return { kind: 'list', items: [play], range: tasks.range }
}

function playOf(
  { name, hosts, become }: { readonly name: string; readonly hosts: string; readonly become: boolean },
  content: Readonly<Record<string, Node>>,
  range: SourceRange,
): MapNode {
  const own = { name: scalar(name, range), hosts: scalar(hosts, range), become: scalar(become, range) }
  return mapping({ ...own, ...content }, range)
}

/** The variables of a scenario as a source of the inventory, to be read after the lab's own. */
export function variableSource({ vars, groupVars, hostVars }: ScenarioVariables, range: SourceRange): Node {
  const hosts = hostVars
  const children = groupVars && {
    ...groupVars,
    entries: groupVars.entries.map((entry) => ({
      ...entry,
      value: mapping({ vars: entry.value }, entry.keyRange),
    })),
  }
  return mapping({ all: mapping({ vars, hosts, children }, range) }, range)
}
