import { defineKeyedFact } from '#sdk/fact.ts'
import { quote } from '#sdk/quote.ts'

export interface Crontab {
  /** Empty for a user who has none. */
  readonly text: string
  /** Why it could not be read; empty when it could. */
  readonly error: string
}

/** Crontabs by user; the empty key is the acting user. */
export default defineKeyedFact<Crontab>({
  name: 'crontab',
  summary: "Users' crontabs.",
  script: (users) => `LC_ALL=C; export LC_ALL
for user in ${users.map((user) => quote(user) || "''").join(' ')}; do
  printf '\\036'
  { err=$(crontab \${user:+-u "$user"} -l 2>&1 >&3); } 3>&1 && err=
  printf '\\035%s' "$err"
done`,
  reads: (user) => [{ kind: 'cron', name: user }, { kind: 'package' }, { kind: 'user' }],
  parse({ stdout }, users) {
    const parts = stdout.split('\x1e').slice(1)
    return users.map((_user, i) => {
      const [text = '', error = ''] = (parts[i] ?? '').split('\x1d')
      // BusyBox says it as "can't open '<user>': No such file or directory".
      const none = /no crontab for|No such file or directory/.test(error)
      return { text, error: none ? '' : error.trim() }
    })
  },
})
