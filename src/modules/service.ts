import initService, { type InitService } from '#facts/init-service.ts'
import serviceManager, { type ServiceManager } from '#facts/service-manager.ts'
import systemdUnit, { unitKey } from '#facts/systemd-unit.ts'
import type { Change } from '#model/change.ts'
import { type Static, t } from '#sdk/args.ts'
import { given } from '#sdk/given.ts'
import { type InitWish, initChanges, initScript } from '#sdk/init-work.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { type SystemdUnit, unitName } from '#sdk/systemd-unit.ts'
import { type UnitWish, unitChanges, unitScript } from '#sdk/unit-work.ts'

const args = t.Args({
  name: t.String({ description: 'The service.', pattern: '^[^-/\\s][^/\\s]*$' }),
  state: t.Optional(
    t.Choice(['started', 'stopped', 'restarted', 'reloaded'], {
      description: '`restarted` and `reloaded` act each time, and start a service that is down.',
    }),
  ),
  enabled: t.Optional(t.Boolean({ description: 'Whether the service starts at boot.' })),
  runlevel: t.Optional(t.String({ description: 'OpenRC: the runlevel to start it in.', default: 'default' })),
  arguments: t.Optional(t.String({ description: 'Further words for an init script.', default: '' })),
  sleep: t.Optional(
    t.Integer({
      description: 'Seconds between stop and start of a restart by an init script.',
      minimum: 0,
      default: 0,
    }),
  ),
  use: t.Optional(
    t.Choice(['auto', 'systemd', 'openrc', 'sysvinit', 'service'], {
      description: 'The service manager to talk to. Default: the one that runs.',
      default: 'auto',
    }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly manager: ServiceManager
  readonly unit: SystemdUnit
  readonly init: InitService
}

export default defineModule({
  summary: 'Starts, stops and enables services, whatever manages them.',
  description: 'systemd, OpenRC and System V init scripts. The module `systemd` knows more about units.',
  args,
  argumentAliases: { args: 'arguments' },
  examples: [
    { title: 'Start a service now and at boot', args: { name: 'nginx', state: 'started', enabled: true } },
    { title: 'Restart a service', args: { name: 'sshd', state: 'restarted' } },
  ],
  settles: ({ state }) => state !== 'restarted' && state !== 'reloaded',

  // All at once: asking the manager first would cost a flight of its own.
  async probe({ args, host }): Promise<State> {
    const [manager, unit, init] = await Promise.all([
      host.fact(serviceManager),
      host.fact(systemdUnit, unitKey('system', unitName(args.name))),
      host.fact(initService, args.name),
    ])
    return { manager: chosen(args, manager), unit, init }
  },

  plan({ args, state: { manager, unit, init } }): readonly Change[] {
    if (args.state === undefined && args.enabled === undefined) {
      throw new TaskFailure('Say what the service shall be: `state` or `enabled` is missing.')
    }
    if (manager === 'systemd') return unitChanges(unitWish(args, init), unit)
    return initChanges(initWish(args, manager), init)
  },

  async apply({ args, state, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    const { manager, unit, init } = state
    if (manager !== 'systemd') {
      await host.run(initScript(initWish(args, manager), init, fields))
      return
    }
    const wish = unitWish(args, init)
    await host.run(unitScript({ wish, unit, fields, daemonReload: unit.needsReload, daemonReexec: false }))
  },

  result({ args, state: { manager, unit } }) {
    return {
      data: {
        ...given({ name: args.name, state: args.state, enabled: args.enabled }),
        ...(manager === 'systemd' ? { status: unit.properties } : {}),
      },
    }
  },

  writesOnce: () => true,

  touches: ({ args }) => [
    { kind: 'unit' },
    { kind: 'unit', name: args.name },
    { kind: 'process' },
    { kind: 'network' },
    // What a service writes when it starts or stops is its own business.
    { kind: 'path' },
    { kind: 'mount' },
  ],
})

function chosen({ use = 'auto' }: Args, running: ServiceManager): ServiceManager {
  if (use === 'auto') return running
  return use === 'service' ? 'sysvinit' : use
}

function unitWish(args: Args, init: InitService): UnitWish {
  const { state, enabled } = args
  return {
    unit: unitName(args.name),
    scope: 'system',
    initEnabled: init.enabled,
    ...given({ state, enabled }),
  }
}

function initWish(args: Args, manager: ServiceManager): InitWish {
  const { name, state, enabled, runlevel = 'default', arguments: words = '', sleep = 0 } = args
  return { name, manager, runlevel, arguments: words, sleep, ...given({ state, enabled }) }
}
