import { defineFact } from '#sdk/fact.ts'

export type ServiceManager = 'systemd' | 'openrc' | 'sysvinit' | 'none'

/** `/run/systemd/system` is how sd_booted(3) tells; OpenRC's tools may be installed without it running. */
const script = `if [ -d /run/systemd/system ]; then echo systemd
elif [ -d /run/openrc ] || [ -x /sbin/openrc-run ]; then echo openrc
elif [ -d /etc/init.d ]; then echo sysvinit
else echo none
fi`

/** What starts and stops services on this host. */
export default defineFact<ServiceManager>({
  name: 'service_manager',
  summary: 'The service manager in charge.',
  script,
  reads: [{ kind: 'platform' }, { kind: 'path', name: '/etc/init.d' }],
  parse({ stdout }) {
    const name = stdout.trim()
    if (name === 'systemd' || name === 'openrc' || name === 'sysvinit') return name
    return 'none'
  },
})
