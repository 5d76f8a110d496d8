import timeZone, { type TimeZone } from '#facts/time-zone.ts'
import type { Change } from '#model/change.ts'
import { t } from '#sdk/args.ts'
import { defineModule, TaskFailure } from '#sdk/module.ts'
import { inOrder, raw, sh } from '#sdk/quote.ts'

interface State {
  readonly zone: TimeZone
  readonly known: boolean
}

export default defineModule({
  summary: "Sets the host's time zone and the mode of its hardware clock.",
  args: t.Args({
    name: t.Optional(
      t.String({
        description: 'The zone: `Europe/Vienna`, `UTC`.',
        pattern: '^[A-Za-z0-9][A-Za-z0-9_+/-]*$',
      }),
    ),
    hwclock: t.Optional(
      t.Choice(['UTC', 'local'], { description: 'Whether the hardware clock keeps UTC or local time.' }),
    ),
  }),
  examples: [{ title: 'Universal time', args: { name: 'UTC' } }],

  async probe({ args, host }): Promise<State> {
    const file = `/usr/share/zoneinfo/${args.name ?? 'UTC'}`
    const [zone, exists] = await Promise.all([
      host.fact(timeZone),
      host.read(['test', '-f', file], { reads: [{ kind: 'path', name: file }, { kind: 'package' }] }),
    ])
    return { zone, known: exists.rc === 0 }
  },

  plan({ args, state: { zone, known } }): readonly Change[] {
    if (args.name === undefined && args.hwclock === undefined) {
      throw new TaskFailure('Say what to set: `name` or `hwclock` is missing.')
    }
    const { name, hwclock } = args
    const same = name === undefined || (zone.link === name && (zone.file ?? name) === name)
    if (!same && !known)
      throw new TaskFailure(`The host knows no time zone ${name}. Is the package tzdata installed?`)
    const before = zone.link === name ? zone.file : zone.link
    return [
      ...(same ? [] : [{ field: 'name', before, after: name }]),
      ...(hwclock === undefined || hwclock === zone.hwclock
        ? []
        : [{ field: 'hwclock', before: zone.hwclock, after: hwclock }]),
    ]
  },

  async apply({ args, state, changes, host }) {
    const fields = new Set(changes.map(({ field }) => field))
    await host.run(
      inOrder([
        fields.has('name') ? zoneScript(args.name ?? 'UTC', state.zone.file !== undefined) : undefined,
        fields.has('hwclock') ? clockScript(args.hwclock ?? 'UTC') : undefined,
      ]),
    )
  },

  writesOnce: () => true,

  touches: () => [
    { kind: 'time' },
    { kind: 'path', name: '/etc/localtime' },
    { kind: 'path', name: '/etc/timezone' },
    { kind: 'path', name: '/etc/adjtime' },
  ],
})

/**
 * The link is all there is to it (localtime(5)), and it is replaced in one step: there is no moment without a
 * time zone. `timedatectl set-timezone` tells the kernel as well, and in a container with CAP_SYS_TIME that
 * shifts the clock of the whole machine: settimeofday(2) warps it on the first such call after boot.
 */
function zoneScript(name: string, hasFile: boolean) {
  const file = hasFile ? sh` && printf '%s\n' ${name} >/etc/timezone` : raw('')
  return sh`ln -sfn ${`/usr/share/zoneinfo/${name}`} /etc/localtime.tsplay && mv -f /etc/localtime.tsplay /etc/localtime${file}`
}

/** What the next boot goes by (hwclock(8)); the clock itself is left alone, for the reason above. */
function clockScript(mode: 'UTC' | 'local') {
  const line = mode === 'UTC' ? 'UTC' : 'LOCAL'
  return sh`if [ -f /etc/adjtime ]; then sed -i '3s/.*/'${line}'/' /etc/adjtime
else printf '0.0 0 0.0\n0\n%s\n' ${line} >/etc/adjtime
fi`
}
