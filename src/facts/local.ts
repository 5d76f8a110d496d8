import { defineFact } from '#sdk/fact.ts'
import { parseLocalFact } from '#sdk/local-fact.ts'
import { sections } from '#sdk/sections.ts'

/**
 * Facts that the host's owner wrote, as in Ansible: files `*.fact` under /etc/ansible/facts.d and
 * /etc/tsplay/facts.d (which wins), by file name. Executable ones are run and must only read.
 */
const script = String.raw`for dir in /etc/ansible/facts.d /etc/tsplay/facts.d; do
  for f in "$dir"/*.fact; do
    [ -f "$f" ] && [ -r "$f" ] || continue
    printf '\036%s\n' "$f"
    if [ -x "$f" ]; then "$f" </dev/null; else cat "$f"; fi
  done
done
:`

export default defineFact<Readonly<Record<string, unknown>>>({
  name: 'local',
  summary: "The host owner's own facts, from facts.d.",
  script,
  reads: [
    { kind: 'path', name: '/etc/ansible/facts.d' },
    { kind: 'path', name: '/etc/tsplay/facts.d' },
  ],
  parse: ({ stdout }) =>
    Object.fromEntries(
      [...sections(stdout)].map(([path, text]) => [
        path.slice(path.lastIndexOf('/') + 1, -'.fact'.length),
        parseLocalFact(text),
      ]),
    ),
})
