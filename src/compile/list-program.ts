import { parsePattern, selectHosts } from '#lang/host-pattern.ts'
import type { Inventory } from '#model/inventory.ts'
import type { Play, Program, Step } from '#model/program.ts'
import type { Value } from '#model/value.ts'
import { staticLookup } from './static-lookup.ts'
import { nameOf } from './step-name.ts'
import { allSteps } from './walk-steps.ts'

export interface ListedTask {
  readonly name: string
  readonly role?: string
  readonly module: string
  readonly tags: readonly string[]
  /** `site.yml:12` */
  readonly source: string
}

export interface ListedTasks {
  readonly play: string
  readonly tags: readonly string[]
  readonly tasks: readonly ListedTask[]
}

/** The tasks of each play in the order in which they run; what a dynamic include brings is not looked into. */
export function listTasks({ plays }: Program): readonly ListedTasks[] {
  return plays.map((play) => ({ play: play.name, tags: play.tags, tasks: stepsOf(play).flatMap(listedTask) }))
}

function listedTask(step: Step): readonly ListedTask[] {
  const name = nameOf(step)
  if (step.kind === 'block' || name === undefined) return []
  const { file, start } = step.range
  return [
    {
      name,
      ...(step.role && { role: step.role.name }),
      module: moduleOf(step),
      tags: step.tags,
      source: `${file}:${start.line}`,
    },
  ]
}

function moduleOf(step: Exclude<Step, { kind: 'block' }>): string {
  if (step.kind === 'task') return step.module
  return step.kind === 'include' ? `include_${step.what}` : 'meta'
}

const stepsOf = (play: Play): readonly Step[] => allSteps(play.sections.flatMap((section) => section.steps))

/** All tags of each play, sorted. */
export function listTags({
  plays,
}: Program): readonly { readonly play: string; readonly tags: readonly string[] }[] {
  return plays.map((play) => ({
    play: play.name,
    tags: [...new Set([...play.tags, ...stepsOf(play).flatMap(({ tags }) => tags)])].sort(),
  }))
}

export interface ListedHosts {
  readonly play: string
  readonly pattern: string
  /** Undefined when the pattern depends on what only a run knows. */
  readonly hosts: readonly string[] | undefined
}

/** The hosts of each play, before any `--limit`. */
export function listHosts({ plays, inventory }: Program): readonly ListedHosts[] {
  return plays.map((play) => ({
    play: play.name,
    pattern: play.hosts.text,
    hosts: hostsOfPattern(play.hosts, inventory),
  }))
}

/** The hosts a play's pattern selects; undefined when that is not known before the run. */
export function hostsOfPattern(hosts: Value, inventory: Inventory): readonly string[] | undefined {
  if (!hosts.literal) return undefined
  const given = hosts.render(staticLookup([]))
  const text = Array.isArray(given) ? given.join(',') : String(given)
  const pattern = parsePattern(text)
  return pattern.kind === 'pattern' ? selectHosts(pattern, inventory) : []
}
