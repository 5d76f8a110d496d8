import { defineFact } from '#sdk/fact.ts'

export interface StaticHostname {
  /** The name for later boots (hostname(5)); empty when none is kept. */
  readonly kept: string
  /** The name that the kernel has now. */
  readonly live: string
}

export default defineFact<StaticHostname>({
  name: 'static-hostname',
  summary: "The host's name, kept and live.",
  script: "uname -n; sed -e '/^#/d' -e '/^$/d' /etc/hostname 2>/dev/null || :",
  reads: [{ kind: 'hostname' }, { kind: 'path', name: '/etc/hostname' }],
  parse({ stdout }) {
    const [live = '', kept = ''] = stdout.split('\n')
    return { live, kept: kept.trim() }
  },
})
