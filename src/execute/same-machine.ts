import type { PlayState } from './play-state.ts'
import { scopeOf } from './scopes.ts'

/** Hosts for which this is the same may be one machine: this one, or one whose address they share. */
export function machineOf(host: string, { run }: PlayState): 'local' | 'shared' | undefined {
  const scope = scopeOf(host, { run, play: undefined, step: undefined })
  const says = (name: string) => (scope.has(name) ? scope.get(name) : undefined)
  if (
    host === 'localhost' ||
    says('connection') === 'local' ||
    run.settings.connection.connection === 'local'
  ) {
    return 'local'
  }
  return says('shared_address') === true ? 'shared' : undefined
}
