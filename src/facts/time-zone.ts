import { defineFact } from '#sdk/fact.ts'

export interface TimeZone {
  /** The zone that the link /etc/localtime leads to; empty when it is no link. */
  readonly link: string
  /** What Debian keeps in /etc/timezone besides; undefined where there is no such file. */
  readonly file: string | undefined
  /** The hardware clock's mode, `UTC` or `local`; see hwclock(8). */
  readonly hwclock: 'UTC' | 'local'
}

const script = String.raw`printf '\036%s' "$(readlink /etc/localtime 2>/dev/null)"
printf '\036'; [ -f /etc/timezone ] && printf '+' && cat /etc/timezone
printf '\036'; sed -n 3p /etc/adjtime 2>/dev/null
:`

export default defineFact<TimeZone>({
  name: 'time-zone',
  summary: "The host's time zone.",
  script,
  reads: [
    { kind: 'time' },
    { kind: 'path', name: '/etc/localtime' },
    { kind: 'path', name: '/etc/timezone' },
  ],
  parse({ stdout }) {
    const [, target = '', file = '', clock = ''] = stdout.split('\x1e')
    return {
      link: target.trim().replace(/^.*zoneinfo\/(posix\/)?/, ''),
      file: file.startsWith('+') ? file.slice(1).trim() : undefined,
      hwclock: clock.trim() === 'LOCAL' ? 'local' : 'UTC',
    }
  },
})
