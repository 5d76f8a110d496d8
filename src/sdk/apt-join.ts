import type { AptArgs } from './apt-args.ts'
import { installs, namesOf, simulatedWork } from './apt-request.ts'

/** Several tasks as one call of apt-get; undefined when they ask for different things. */
export function joinAptArgs(all: readonly AptArgs[]): AptArgs | undefined {
  const [first] = all
  if (!first || !all.every((args) => onlyInstalls(args) && optionsOf(args) === optionsOf(first)))
    return undefined
  return { ...first, name: [...new Set(all.flatMap(namesOf))] }
}

/** Packages by name, and nothing that is about the system as a whole. */
const onlyInstalls = (args: AptArgs): boolean =>
  installs(args) &&
  args.deb === undefined &&
  namesOf(args).length > 0 &&
  Object.keys(simulatedWork(args)).length === 0

/** All but the names, in an order of its own. */
function optionsOf({ name: _, state = 'present', ...options }: AptArgs): string {
  return JSON.stringify([state, ...Object.entries(options).toSorted(([a], [b]) => a.localeCompare(b))])
}
