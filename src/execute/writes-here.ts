import type { Controller } from '#sdk/controller.ts'
import type { HostState } from './host-state.ts'
import type { PlayState } from './play-state.ts'
import { machineOf } from './same-machine.ts'

/**
 * A module that works on a host may write on this machine (`fetch` does): hosts that are this machine then forget what
 * they knew of the file, whether the write succeeded or not.
 */
export function tellingWrites(controller: Controller, state: PlayState): Controller {
  return {
    ...controller,
    async write(path, ...more) {
      try {
        return await controller.write(path, ...more)
      } finally {
        const written = [{ kind: 'path', name: path }] as const
        for (const host of state.run.hosts()) if (isHere(host, state)) host.sessions.doubt(written)
      }
    },
  }
}

const known = new WeakMap<PlayState, Map<HostState, boolean>>()

/** Asked once for each host of a play, since a fleet may fetch a thousand files. */
function isHere(host: HostState, state: PlayState): boolean {
  const hosts = known.get(state) ?? new Map<HostState, boolean>()
  known.set(state, hosts)
  const is = hosts.get(host) ?? machineOf(host.name, state) === 'local'
  hosts.set(host, is)
  return is
}
