import type { Change } from '#model/change.ts'
import { HostError } from '#model/host-error.ts'
import { type Static, t } from '#sdk/args.ts'
import { type ApplyContext, defineModule, TaskFailure } from '#sdk/module.ts'
import { quote, raw, type Script, sh } from '#sdk/quote.ts'
import { within } from '#sdk/within.ts'

const args = t.Args({
  msg: t.Optional(
    t.String({
      description: 'What users who are logged in are told.',
      default: 'Reboot initiated by tsplay',
    }),
  ),
  pre_reboot_delay: t.Optional(
    t.Number({ description: 'Seconds to wait before rebooting.', minimum: 0, default: 0 }),
  ),
  post_reboot_delay: t.Optional(
    t.Number({
      description: 'Seconds to wait after rebooting, before the first attempt to log in.',
      minimum: 0,
      default: 0,
    }),
  ),
  reboot_timeout: t.Optional(
    t.Number({ description: 'Seconds after which it fails.', minimum: 0, default: 600 }),
  ),
  connect_timeout: t.Optional(
    t.Number({ description: 'Seconds that one attempt to log in may take.', minimum: 1, default: 10 }),
  ),
  test_command: t.Optional(
    t.String({ description: 'The host is back when this command succeeds.', default: 'whoami' }),
  ),
  boot_time_command: t.Optional(
    t.String({
      description: 'Its output changes with each boot.',
      default: 'cat /proc/sys/kernel/random/boot_id',
    }),
  ),
  reboot_command: t.Optional(
    t.String({ description: 'The command that reboots. Default: `shutdown`, or `reboot`.' }),
  ),
})

type Args = Static<typeof args>

interface State {
  readonly boot: string
}

export default defineModule({
  summary: 'Reboots the host and waits until it is back.',
  description: `The host has rebooted when the output of \`boot_time_command\` is another one; a connection that merely
breaks does not count. The command is started apart from the connection, so that losing it is no failure.`,
  args,
  argumentAliases: { reboot_timeout_sec: 'reboot_timeout', connect_timeout_sec: 'connect_timeout' },
  examples: [
    { title: 'Reboot', args: {} },
    { title: 'Reboot a slow machine', args: { reboot_timeout: 1800, post_reboot_delay: 60 } },
    { title: 'Wait until a service is up', args: { test_command: 'systemctl is-system-running --wait' } },
  ],
  settles: false,

  async probe({ args, host }): Promise<State> {
    const { rc, stdout, stderr } = await host.read(raw(bootCommand(args)))
    if (rc !== 0)
      throw new TaskFailure(`The boot time command failed: ${stderr.trim()}`, { rc, stdout, stderr })
    return { boot: stdout.trim() }
  },

  plan: ({ state }): readonly Change[] => [{ field: 'boot', before: state.boot, after: 'a new one' }],

  async apply(context) {
    const { args, host, controller, progress } = context
    const { pre_reboot_delay = 0, post_reboot_delay = 0 } = args
    const started = controller.now().getTime()
    const log = `/tmp/.tsplay-reboot-${Array.from(controller.random(6), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
    progress('rebooting')
    await host.run(startScript(args, log)).catch(ignoreLoss)
    await controller.sleep((pre_reboot_delay + post_reboot_delay) * 1000)
    await waitForBoot(context, log, () => (controller.now().getTime() - started) / 1000)
    return { elapsed: Math.round((controller.now().getTime() - started) / 1000) }
  },

  result: ({ applied }) => ({ data: { rebooted: applied !== undefined, elapsed: applied?.elapsed ?? 0 } }),
})

const bootCommand = ({ boot_time_command }: Args): string =>
  boot_time_command ?? 'cat /proc/sys/kernel/random/boot_id'

/** A host that goes down at once takes the connection with it. */
function ignoreLoss(error: unknown): void {
  if (error instanceof HostError && isAway(error)) return
  throw error
}

/** Between its two lives a host lets nobody in: see nologin(5), and a server that is ended in the middle of a login. */
const isAway = ({ reason }: HostError): boolean =>
  ['connection-lost', 'unreachable', 'authentication', 'timeout'].includes(reason)

/** Starts the reboot in a session of its own. Why it failed, if it does, stays in a file. */
function startScript(
  { reboot_command, msg = 'Reboot initiated by tsplay', pre_reboot_delay = 0 }: Args,
  log: string,
): Script {
  const usual = sh`if command -v shutdown >/dev/null 2>&1; then shutdown -r now ${msg}; else reboot; fi`
  const command = reboot_command ?? usual.text
  const job = `sleep ${pre_reboot_delay + 1}; ( ${command}\n) >${quote(log)}.out 2>&1 || mv ${quote(log)}.out ${quote(log)}`
  return sh`umask 077
if command -v setsid >/dev/null 2>&1; then s=setsid; else s=nohup; fi
$s sh -c ${job} </dev/null >/dev/null 2>&1 &`
}

type Context = ApplyContext<Args, State>

async function waitForBoot(context: Context, log: string, elapsed: () => number): Promise<void> {
  const { args, controller, progress } = context
  const { reboot_timeout = 600 } = args
  for (;;) {
    await controller.sleep(1000)
    const boot = await newBoot(context, log)
    if (boot !== undefined && (await testPasses(context))) return
    if (elapsed() >= reboot_timeout) {
      const what = boot === undefined ? 'reboot' : 'the test command to succeed'
      throw new TaskFailure(`Timed out waiting for ${what} (timeout=${reboot_timeout})`, {
        rebooted: boot !== undefined,
        elapsed: Math.round(elapsed()),
      })
    }
    progress(
      `${boot === undefined ? 'waiting for the host' : 'testing the host'}, ${Math.round(elapsed())} of ${reboot_timeout} s`,
    )
  }
}

/** The mark of the new boot; undefined while the old one runs, or the host is away. */
async function newBoot({ args, state, host, controller }: Context, log: string): Promise<string | undefined> {
  const ask = async (): Promise<string> => {
    const script = sh`if [ -e ${log} ]; then cat ${log}; rm -f ${log}; exit 99; fi; ${raw(bootCommand(args))}`
    const { rc, stdout } = await host.run(script, { accept: 'any' })
    if (rc === 99)
      throw new TaskFailure(`The reboot command failed: ${stdout.trim()}`, { rebooted: false, stdout })
    return rc === 0 ? stdout.trim() : state.boot
  }
  // An old connection may hang for long: a new one is what tells whether the host is there.
  const asked = host.reconnect().then(ask)
  const milliseconds = (args.connect_timeout ?? 10) * 1000
  const boot = await within(asked, { milliseconds, late: state.boot, controller }).catch((error: unknown) => {
    ignoreLoss(error)
    return state.boot
  })
  return boot === state.boot ? undefined : boot
}

async function testPasses({ args, host }: Context): Promise<boolean> {
  try {
    return (await host.run(raw(args.test_command ?? 'whoami'), { accept: 'any' })).rc === 0
  } catch (error) {
    ignoreLoss(error)
    return false
  }
}
