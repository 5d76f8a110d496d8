import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface InitService {
  /** It has a script in /etc/init.d. */
  readonly exists: boolean
  readonly running: boolean
  /** Starts at boot. */
  readonly enabled: boolean
  readonly manager: 'openrc' | 'sysvinit'
}

/** One after the other, since an init script can answer for itself alone. `status` reads only (LSB); where
 * systemd runs, it would only ask systemd. */
export default defineKeyedFact<InitService>({
  name: 'init-service',
  summary: 'State of services that have an init script.',
  script: (names) => `PATH=$PATH:/sbin:/usr/sbin
[ -d /run/systemd/system ] && systemd=yes || systemd=
for name in ${names.map(quote).join(' ')}; do
  printf '\\036'
  if [ -x "/etc/init.d/$name" ]; then echo exists; fi
  if command -v rc-service >/dev/null 2>&1; then
    echo openrc
    rc-service "$name" status >/dev/null 2>&1 && echo running
    for link in /etc/runlevels/*/"$name"; do [ -e "$link" ] && echo enabled; done
  elif [ -x "/etc/init.d/$name" ]; then
    [ "$systemd" ] || "/etc/init.d/$name" status >/dev/null 2>&1 && echo running
    for link in /etc/rc[2345].d/S??"$name"; do [ -e "$link" ] && echo enabled; done
  fi
done
:`,
  reads: (name) => [
    { kind: 'unit', name },
    { kind: 'process' },
    { kind: 'package' },
    { kind: 'path', name: `/etc/init.d/${name}` },
  ],
  parse({ stdout }, names) {
    const parts = stdout.split('\x1e').slice(1)
    return names.map((_name, i) => {
      const words = new Set((parts[i] ?? '').split('\n'))
      return {
        exists: words.has('exists'),
        running: words.has('running'),
        enabled: words.has('enabled'),
        manager: words.has('openrc') ? 'openrc' : 'sysvinit',
      }
    })
  },
})
