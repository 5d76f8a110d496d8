import { defineFact } from '#sdk/fact.ts'

export interface AptCacheAge {
  /** Seconds since the epoch of the last successful `apt-get update`; 0 when there was none. */
  readonly updated: number
  readonly seconds: number
}

/**
 * The stamp is kept by some distributions only; tsplay's own updates touch the folder of the lists. A folder without
 * lists, as images ship it, has never been updated, whatever its time says.
 */
const script = `eval "$(apt-config shell lists Dir::State::lists/d)"
date +%s
set -- "$lists"/*Packages*
[ -e "$1" ] || exit 0
for path in "$lists" /var/lib/apt/periodic/update-success-stamp; do
  stat -c %Y "$path" 2>/dev/null || echo 0
done`

export default defineFact<AptCacheAge>({
  name: 'apt-cache-age',
  summary: "Age of apt's package lists.",
  script,
  reads: [{ kind: 'path', name: '/var/lib/apt/lists' }],
  parse({ stdout }) {
    const [now = 0, ...times] = stdout.trim().split('\n').map(Number)
    const updated = Math.max(0, ...times)
    return { updated, seconds: now - updated }
  },
})
