import { defineKeyedFact } from '#sdk/fact.ts'
import { systemctl } from '#sdk/systemd-unit.ts'

/** Loaded units whose files on disk are newer, by the manager's scope (`system`, `user`). */
export default defineKeyedFact<readonly string[]>({
  name: 'systemd-reload',
  summary: 'Units that systemd has to load anew.',
  script: (scopes) =>
    scopes
      .map((scope) => {
        const show = systemctl(
          scope === 'user' ? 'user' : 'system',
          'show',
          '--no-pager',
          '-p',
          'Id,NeedDaemonReload',
          '*',
        )
        return `printf '\\036'; ${show.text} 2>/dev/null`
      })
      .join('\n'),
  reads: () => [
    { kind: 'unit' },
    { kind: 'path', name: '/etc/systemd' },
    { kind: 'path', name: '/etc/fstab' },
  ],
  parse({ stdout }, scopes) {
    const parts = stdout.split('\x1e').slice(1)
    return scopes.map((_scope, i) =>
      (parts[i] ?? '')
        .split(/\n\n+/)
        .filter((block) => block.includes('NeedDaemonReload=yes'))
        .map((block) => /^Id=(.*)$/m.exec(block)?.[1] ?? ''),
    )
  },
})
