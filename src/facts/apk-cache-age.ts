import { defineFact } from '#sdk/fact.ts'

const script = `newest=$(ls -t /var/cache/apk/APKINDEX.* /etc/apk/cache/APKINDEX.* 2>/dev/null | head -n 1)
if [ -n "$newest" ] && [ -n "$(find "$newest" -mmin -60 2>/dev/null)" ]; then echo fresh; fi`

/** True when the package index of an Alpine host is older than an hour, or missing. */
export default defineFact<boolean>({
  name: 'apk-cache-age',
  summary: 'Whether the Alpine package index is old.',
  script,
  reads: [{ kind: 'path', name: '/var/cache/apk' }, { kind: 'package' }],
  parse: ({ stdout }) => stdout.trim() !== 'fresh',
})
