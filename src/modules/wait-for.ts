import type { Change } from '#model/change.ts'
import { Unknown } from '#model/unknown.ts'
import type { WriteHost } from '#sdk/host.ts'
import { type ApplyContext, defineModule, TaskFailure } from '#sdk/module.ts'
import { type WaitArgs, waitArgs } from '#sdk/wait-args.ts'
import { type Look, lookScript, readLook } from '#sdk/wait-check.ts'

interface State {
  /** The first look; undefined when there is nothing to look at, or later. */
  readonly look: Look | undefined
}

export default defineModule({
  summary: 'Waits until a port is open or closed, a file is there or gone, or a text appears.',
  description: `When it is so already, the task costs one look that shares a round trip with others. It never counts as
changed. Without \`port\` and \`path\` it waits for \`timeout\` seconds.`,
  args: waitArgs,
  argumentAliases: { dest: 'path', name: 'path' },
  examples: [
    { title: 'Wait for a service', args: { port: 6443, timeout: 120 } },
    { title: 'Wait for a file', args: { path: '/var/run/app.pid' } },
    {
      title: 'Wait for a word in a log',
      args: { path: '/var/log/app.log', search_regex: 'server (\\w+) ready' },
    },
    { title: 'Wait until nobody is connected', args: { port: 80, state: 'drained' } },
  ],
  settles: false,

  async probe({ args, host }): Promise<State> {
    checkArguments(args)
    if (isPause(args) || (args.delay ?? 0) > 0) return { look: undefined }
    return { look: readLook(args, await host.read(lookScript(args), { binary: true })) }
  },

  plan({ args, state, mode }): readonly Change[] {
    if (state.look?.holds) return []
    const after = mode === 'check' ? new Unknown('wait_for') : (args.state ?? 'started')
    return [{ field: what(args), before: 'waiting', after }]
  },

  async apply(context) {
    const { args, controller } = context
    const started = controller.now().getTime()
    const elapsed = (): number => (controller.now().getTime() - started) / 1000
    await controller.sleep((args.delay ?? 0) * 1000)
    const look = isPause(args) ? await pause(context) : await waitUntil(context, elapsed)
    return { look, elapsed: Math.round(elapsed()) }
  },

  result({ args, state, applied }) {
    const look = applied?.look ?? state.look
    const { port, path, search_regex } = args
    return {
      changed: false,
      data: {
        elapsed: applied?.elapsed ?? 0,
        state: args.state ?? 'started',
        ...(port === undefined ? {} : { port }),
        ...(path === undefined ? {} : { path }),
        ...(search_regex === undefined ? {} : { search_regex }),
        match_groups: look?.groups ?? [],
        match_groupdict: look?.named ?? {},
      },
    }
  },
})

const isPause = ({ port, path }: WaitArgs): boolean => port === undefined && path === undefined

function what({ port, path, host = '127.0.0.1' }: WaitArgs): string {
  if (path !== undefined) return path
  return port === undefined ? 'time' : `${host}:${port}`
}

function checkArguments({ port, path, state, search_regex }: WaitArgs): void {
  if (port !== undefined && path !== undefined) throw new TaskFailure('"port" and "path" exclude each other.')
  if (path !== undefined && (state === 'stopped' || state === 'drained')) {
    throw new TaskFailure(`"state: ${state}" is about ports, not files.`)
  }
  if (state === 'drained' && port === undefined) throw new TaskFailure('"state: drained" needs a port.')
  if (state === 'absent' && search_regex !== undefined && port !== undefined) {
    throw new TaskFailure('"search_regex" has no meaning for a port that shall be closed.')
  }
}

type Context = ApplyContext<WaitArgs, State>

async function pause({ args, controller }: Context): Promise<undefined> {
  await controller.sleep((args.timeout ?? 300) * 1000)
}

async function waitUntil(
  { args, host, controller, progress }: Context,
  elapsed: () => number,
): Promise<Look> {
  const { timeout = 300, sleep = 1 } = args
  for (;;) {
    const look = await lookNow(host, args)
    if (look.holds) return look
    if (elapsed() >= timeout) throw tooLong(args, Math.round(elapsed()))
    progress(`waiting for ${what(args)}, ${Math.round(elapsed())} of ${timeout} s`)
    await controller.sleep(Math.min(sleep, Math.max(timeout - elapsed(), 0.01)) * 1000)
  }
}

async function lookNow(host: WriteHost, args: WaitArgs): Promise<Look> {
  const look = readLook(args, await host.run(lookScript(args), { accept: 'any', binary: true }))
  if (look) return look
  throw new TaskFailure('The host has no bash, python3, nc or curl to try a connection with.')
}

function tooLong(args: WaitArgs, elapsed: number): TaskFailure {
  const { search_regex, state = 'started', msg } = args
  const text = search_regex === undefined ? '' : `search string ${search_regex} in `
  const goal = state === 'started' || state === 'present' ? '' : ` to be ${state}`
  return new TaskFailure(msg ?? `Timeout when waiting for ${text}${what(args)}${goal}`, { elapsed })
}
