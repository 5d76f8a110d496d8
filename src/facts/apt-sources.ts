import { defineFact } from '#sdk/fact.ts'

/** A file that apt reads. */
export interface AptSource {
  readonly path: string
  readonly text: string
}

/** Everything that tells apt where packages come from. */
export default defineFact<readonly AptSource[]>({
  name: 'apt-sources',
  summary: "The files of apt's sources.",
  script: `for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  [ -f "$f" ] || continue
  printf '\\036%s\\n' "$f"; cat "$f"
done
:`,
  reads: [{ kind: 'path', name: '/etc/apt' }],
  parse: ({ stdout }) =>
    stdout
      .split('\x1e')
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n')
        return { path: part.slice(0, end), text: part.slice(end + 1) }
      }),
})
