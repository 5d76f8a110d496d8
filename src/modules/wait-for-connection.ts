import type { Change } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import { t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { within } from '#sdk/within.ts'

export default defineModule({
  summary: 'Waits until the host can be reached.',
  description: 'It is tried by logging in and running a command. The task never counts as changed.',
  args: t.Args({
    timeout: t.Optional(t.Number({ description: 'Seconds after which it fails.', minimum: 0, default: 600 })),
    delay: t.Optional(
      t.Number({ description: 'Seconds to wait before the first attempt.', minimum: 0, default: 0 }),
    ),
    sleep: t.Optional(t.Number({ description: 'Seconds between two attempts.', minimum: 0.01, default: 1 })),
    connect_timeout: t.Optional(
      t.Number({ description: 'Seconds that one attempt may take.', minimum: 1, default: 5 }),
    ),
  }),
  examples: [
    { title: 'Wait for new machines', args: { timeout: 300 } },
    { title: 'Wait a while first', args: { delay: 30, timeout: 600 } },
  ],
  settles: false,

  // Nothing is asked: the host may not be there yet.
  probe: () => ({}),

  plan: (): readonly Change[] => [{ field: 'connection', before: 'not tried', after: 'open' }],

  async apply({ args, host, controller, progress }) {
    const { timeout = 600, delay = 0, sleep = 1, connect_timeout = 5 } = args
    const started = controller.now().getTime()
    const elapsed = (): number => (controller.now().getTime() - started) / 1000
    await controller.sleep(delay * 1000)
    for (let isFirst = true; ; isFirst = false) {
      const attempt = isFirst ? host.run(['true']) : host.reconnect().then(() => host.run(['true']))
      const trying = attempt.then(
        () => undefined,
        (error: unknown) => error,
      )
      const failure = await within(trying, { milliseconds: connect_timeout * 1000, late: slow, controller })
      if (failure === undefined) return { elapsed: Math.round(elapsed()) }
      if (!(failure instanceof HostError)) throw failure
      if (elapsed() >= timeout) throw tooLong(failure, Math.round(elapsed()))
      progress(`waiting for the connection, ${Math.round(elapsed())} of ${timeout} s: ${failure.message}`)
      await controller.sleep(Math.min(sleep, Math.max(timeout - elapsed(), 0)) * 1000)
    }
  },

  result: ({ applied }) => ({ changed: false, data: { elapsed: applied?.elapsed ?? 0 } }),
})

const slow = new HostError('unreachable', 'The host did not answer in time.')

function tooLong(last: HostError, elapsed: number): TaskFailure {
  return new TaskFailure(
    `Timed out waiting for the connection: ${last.message}`,
    { elapsed, unreachable_reason: last.reason },
    { cause: last },
  )
}
