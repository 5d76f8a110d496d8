import { join } from 'node:path'

/** A command that first moves itself into the given cgroups and then becomes the command given. */
export function enterGroups(groups: readonly string[], command: readonly string[]): string[] {
  const files = groups.map((group) => join(group, 'cgroup.procs'))
  const script = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit; shift; done; shift; exec "$@"'
  return ['sh', '-c', script, 'enter', ...files, '--', ...command]
}
